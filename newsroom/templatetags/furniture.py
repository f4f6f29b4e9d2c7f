"""The furniture of a page: masthead and footer, which are put together once for what stands in them."""

from datetime import date
from functools import lru_cache
from typing import NamedTuple

from django import template
from django.template.loader import render_to_string
from django.utils import timezone, translation
from django.utils.safestring import SafeString

register = template.Library()


class Way(NamedTuple):
    """A section, as far as the furniture shows it."""

    name: str
    tone: str
    address: str
    current: str  # aria-current: "page" on its own page, "true" on one of its stories'


@register.simple_tag(takes_context=True)
def furniture(context, template_name: str) -> SafeString:
    """Return masthead or footer for this page."""
    here, article = context.get("section"), context.get("article")
    current = {article and article.section_id: "true", here and here.pk: "page"}
    sections = tuple(Way(each.name, each.tone, each.get_absolute_url(), current.get(each.pk, "")) for each in context.get("sections", ()))
    return _put_together(template_name, translation.get_language(), timezone.localdate(), sections, tuple(context.get("publication", {}).items()))


@lru_cache(maxsize=100)
def _put_together(template_name: str, language: str, today: date, sections: tuple[Way, ...], publication: tuple) -> SafeString:
    return render_to_string(template_name, {"today": today, "sections": sections, "publication": dict(publication)})
