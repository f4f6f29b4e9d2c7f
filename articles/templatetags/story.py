"""How stories and pictures are put on a page."""

from django import template
from django.utils.encoding import uri_to_iri
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext, gettext_lazy

from articles import citations
from articles.models import Article, Author, Contribution, Image
from articles.renditions import KINDS, Rendition, cut_size
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
    return _address(context, image, image.largest) if image.largest else ""


def _address(context, image: Image, copy: Rendition) -> str:
    """Return where a copy of a picture is fetched: in a preview the admin's address, or one behind the link, since nobody else may see it."""
    if link := context.get("link"):
        return address_of("articles:preview_picture", link.secret, image.short_id, copy.name)
    return address_of("admin:articles_image_rendition" if context.get("preview") else "articles:picture", image.short_id, copy.name)


@register.inclusion_tag("articles/_picture.html", takes_context=True)
def picture(context, image: Image, sizes: str, first: bool = False, shape: str = "") -> dict:
    """Show a picture, whole or in a shape, in the widths that it has; the first of a page is fetched at once, the others when they come near.

    Until there are any, their place stands in for them.
    """
    kinds = {kind: [(_address(context, image, copy), copy) for copy in image.offers(shape, kind)] for kind in KINDS}
    srcsets = {kind: ", ".join(f"{url} {copy.width}w" for url, copy in offers) for kind, offers in kinds.items()}
    across, down = cut_size((image.width or 3, image.height or 2), shape)
    return {
        "image": image,
        "sizes": sizes,
        "first": first,
        "src": kinds["jpg"][-1][0] if kinds["jpg"] else "",
        "srcset": srcsets.pop("jpg"),
        "sources": [(KINDS[kind], srcset) for kind, srcset in srcsets.items()],
        "width": across,
        "height": down,
    }
