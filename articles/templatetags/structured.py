"""What stands in the head of a page for machines."""

from datetime import date

from django import template
from django.conf import settings
from django.urls import reverse
from django.utils.encoding import iri_to_uri
from django.utils.formats import date_format
from django.utils.html import format_html
from django.utils.safestring import SafeString, mark_safe

from articles import citations, languages, structured
from articles.feeds.formats import FORMATS
from articles.feeds.views import query_of, titled
from articles.models import Article, Author
from articles.models.subjects import Subject

register = template.Library()


def _script(*things: dict) -> SafeString:
    return format_html('<script type="application/ld+json">{}</script>', mark_safe(structured.as_json(*things)))  # noqa: S308


@register.simple_tag
def story_data(article: Article) -> SafeString:
    steps = [(article.section.name, article.section.get_absolute_url()), (article.headline, article.get_absolute_url())]
    return _script(structured.news_article(article), structured.trail(*steps))


@register.simple_tag
def front_data() -> SafeString:
    return _script(*structured.paper())


@register.simple_tag
def subject_data(subject) -> SafeString:
    """Say of a section, topic, source or author where it is, and of an author who it is."""
    profile = [structured.profile_page(subject)] if isinstance(subject, Author) else []
    return _script(*profile, structured.trail((subject.name, subject.get_absolute_url())))


@register.simple_tag
def date_data(year: int, month: int = 0, day: int = 0) -> SafeString:
    steps = [(str(year), reverse("articles:year", args=[year]))]
    if month:
        steps.append((date_format(date(year, month, 1), "YEAR_MONTH_FORMAT"), reverse("articles:month", args=[year, month])))
    if day:
        steps.append((date_format(date(year, month, day), "DATE_FORMAT"), reverse("articles:day", args=[year, month, day])))
    return _script(structured.trail(*steps))


@register.simple_tag
def share_picture(article: Article | None = None) -> dict:
    return structured.share_picture(article)


@register.filter
def terms_page(article: Article) -> str:
    return structured.terms_page(article)


@register.filter
def address(article: Article) -> str:
    return citations.address(article)


@register.filter
def cited_publication(article: Article) -> str:
    return citations.publication(article)


@register.filter
def with_territory(tag: str) -> str:
    return languages.with_territory(tag)


@register.inclusion_tag("articles/_page_head.html", takes_context=True)
def page_head(context, title: str, about: str = "") -> dict:
    """Say what a page is called and where it is: a later page of a list is a page of its own."""
    request, publication = context["request"], context["publication"]
    form = context.get("form")
    query = form.known.urlencode() if form and form.is_valid() else ""
    address = settings.SITE_URL + iri_to_uri(request.path) + (f"?{query}" if query else "")
    return {"title": title, "about": about, "address": address, "publication": publication}


@register.simple_tag(takes_context=True)
def page_feeds(context) -> dict | None:
    """Return the feeds of the list on a page: their title, and the address of each by its type; None where there is no such list."""
    request, listed = context["request"], _listed(context)
    if not listed:
        return None
    return _feeds(titled(listed), iri_to_uri(request.path), query_of(request) if isinstance(listed, str) else "")


@register.simple_tag
def site_feeds() -> dict:
    return _feeds(settings.PUBLICATION_NAME, reverse("articles:front"))


def _feeds(title: str, path: str, query: str = "") -> dict:
    addresses = {feed.content_type.partition(";")[0]: path + name + query for name, feed in FORMATS.items()}
    return {"title": title, "addresses": addresses, "rss": f"{path}rss.xml{query}"}


def _listed(context) -> Subject | str | None:
    """Return what the list on a page is of: a subject, or the words of a search; None where there is no such list."""
    match = context["request"].resolver_match
    kind = match.url_name if match and match.app_names == ["articles"] else ""
    if kind == "search":
        return context["form"].title if "form" in context and context["form"].is_filled else None
    subject = context.get(kind)
    return subject if isinstance(subject, Subject) else None
