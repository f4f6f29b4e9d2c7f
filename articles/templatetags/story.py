"""How stories and pictures are put on a page."""

from django import template
from django.urls import reverse
from django.utils.safestring import SafeString, mark_safe

from articles.models import Article, Contribution, Image

register = template.Library()

ROLES = {
    Contribution.Role.WRITER: "By",
    Contribution.Role.PHOTOGRAPHER: "Pictures by",
    Contribution.Role.ILLUSTRATOR: "Illustrations by",
    Contribution.Role.TRANSLATOR: "Translated by",
    Contribution.Role.EDITOR: "Edited by",
}


@register.filter
def credits(article: Article) -> list[tuple[str, list]]:
    """Return the byline as (words, authors), a row for each role in the order of the byline."""
    rows = {}
    for contribution in article.contributions.all():
        rows.setdefault(ROLES[contribution.role], []).append(contribution.author)
    return list(rows.items())


@register.filter
def as_html(sanitised: str) -> SafeString:
    """Print a body, or a piece of one: every verb that writes a body has sanitised it (articles.body)."""
    return mark_safe(sanitised)  # noqa: S308


@register.inclusion_tag("articles/_picture.html", takes_context=True)
def picture(context, image: Image, sizes: str, first: bool = False, shape: str = "") -> dict:
    """Show a picture in the widths that it has; the first of a page is fetched at once, the others when they come near.

    In a preview the files come from the admin, since nobody else may see them.
    """
    route = "admin:articles_image_rendition" if context.get("preview") else "articles:picture"
    urls = [(reverse(route, args=[image.short_id, width]), width) for width in image.widths]
    return {
        "image": image,
        "sizes": sizes,
        "first": first,
        "src": urls[-1][0] if urls else "",
        "srcset": ", ".join(f"{url} {width}w" for url, width in urls),
    }
