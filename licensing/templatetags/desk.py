"""The rights desk in templates."""

from urllib.parse import quote

from django import template
from django.conf import settings
from django.utils.html import format_html
from django.utils.safestring import SafeString

register = template.Library()


@register.simple_tag
def rights_desk(subject: str = "") -> SafeString:
    """Return the rights desk's mail address as a link, for a sentence to name it; `subject` is what the mail is about."""
    query = f"?subject={quote(subject)}" if subject else ""
    return format_html('<a href="mailto:{}{}">{}</a>', settings.RIGHTS_EMAIL, query, settings.RIGHTS_EMAIL)
