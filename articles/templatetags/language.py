"""What a page says of the language of a story on it."""

from django import template
from django.utils.html import format_html

from articles import languages

register = template.Library()


@register.filter
def language_attributes(tag: str) -> str:
    """Return the attributes lang and dir for a language tag; nothing where the story is in the paper's own language."""
    return format_html(' lang="{}" dir="{}"', tag, languages.direction(tag)) if tag else ""
