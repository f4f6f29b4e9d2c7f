"""How stories and pictures are put on a page."""

from django import template
from django.template.loader import render_to_string
from django.utils.encoding import uri_to_iri
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext, gettext_lazy

from articles import citations
from articles.models import Article, Author, Contribution, Image
from articles.renditions import KINDS, WHOLE, WIDTHS, cut_size, kinds_of, name_of
from articles.templatetags.language import language_attributes
from newsroom.addresses import address_of

register = template.Library()
register.filter("readable", uri_to_iri)  # an address in the letters of its language

ROLES = {
    Contribution.Role.WRITER: gettext_lazy("By {names}"),
    Contribution.Role.PHOTOGRAPHER: gettext_lazy("Pictures by {names}"),
    Contribution.Role.ILLUSTRATOR: gettext_lazy("Illustrations by {names}"),
    Contribution.Role.TRANSLATOR: gettext_lazy("Translated by {names}"),
    Contribution.Role.EDITOR: gettext_lazy("Edited by {names}"),
}

SOURCE = '<source type="{}" srcset="{}" sizes="{}">'
PICTURE = '<picture>{}<img class="picture" src="{}" srcset="{}" sizes="{}" width="{}" height="{}" alt="{}" decoding="async" {}="{}"></picture>'


@register.filter
def credits(article: Article) -> list[SafeString]:
    """Return the byline with its links, a line for each role in the order of the byline."""
    rows = {}
    for contribution in article.contributions.all():
        rows.setdefault(contribution.role, []).append(contribution.author)
    return [format_html(ROLES[role], names=_names(authors)) for role, authors in rows.items()]


def _names(authors: list[Author]) -> SafeString:
    links = [format_html('<a href="{}" rel="author">{}</a>', author.get_absolute_url(), author.name) for author in authors]
    if len(links) == 1:
        return links[0]
    return format_html(gettext("{names} and {last}"), names=format_html_join(gettext(", "), "{}", ((link,) for link in links[:-1])), last=links[-1])


@register.filter
def as_html(sanitised: str) -> SafeString:
    """Print a body, or a piece of one: every verb that writes a body has sanitised it (articles.body)."""
    return mark_safe(sanitised)  # noqa: S308


@register.filter
def own_language(article: Article, tag: str) -> SafeString | str:
    """Return the attributes of the paper's own words in a story of another language, the paper's being `tag`; nothing in all others."""
    return language_attributes(tag) if article.language else ""


@register.filter
def chicago(article: Article) -> str:
    return citations.chicago(article)


@register.filter
def bibtex(article: Article) -> str:
    return citations.bibtex(article)


@register.simple_tag(takes_context=True)
def largest(context, image: Image) -> str:
    """Return the address of the largest copy of a picture, "" where there is none yet."""
    return _folder(context, image) + image.largest.name if image.largest else ""


@register.simple_tag(takes_context=True)
def picture(context, image: Image, sizes: str, first: bool = False, shape: str = "") -> SafeString:
    """Show a picture, whole or in a shape, in the widths that it has; the first of a page is fetched at once, the others when they come near.

    Until there are any, their place stands in for them.
    """
    width, height = cut_size((image.width or 3, image.height or 2), shape)
    copies = image.offers(shape)
    if not copies:
        return render_to_string("articles/_picture_missing.html", {"image": image, "width": width, "height": height})
    folder = _folder(context, image)
    *better, srcset = (", ".join(f"{folder}{name_of(copy.step, shape, kind)} {copy.width}w" for copy in copies) for kind in kinds_of(shape))
    sources = format_html_join("", SOURCE, ((KINDS[kind], each, sizes) for kind, each in zip(KINDS, better, strict=False)))
    fetched = ("fetchpriority", "high") if first else ("loading", "lazy")
    return format_html(PICTURE, sources, folder + copies[-1].name, srcset, sizes, width, height, image.alt_text, *fetched)


def _folder(context, image: Image) -> str:
    """Return where the copies of a picture are fetched: in a preview the admin's address, or one behind the link, since nobody else may see them."""
    some = name_of(WIDTHS[WHOLE][0])
    if link := context.get("link"):
        address = address_of("articles:preview_picture", link.secret, image.short_id, some)
    else:
        address = address_of("admin:articles_image_rendition" if context.get("preview") else "articles:picture", image.short_id, some)
    return address.removesuffix(some)
