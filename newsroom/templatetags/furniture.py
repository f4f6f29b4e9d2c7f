"""The furniture of a page, such as masthead and footer: what is the same on many pages is put together once an edition."""

from django import template
from django.template.loader import render_to_string
from django.utils import timezone
from django.utils.safestring import SafeString

from newsroom.edition import remembered

register = template.Library()


@register.simple_tag(takes_context=True)
def furniture(context, template_name: str, **told) -> SafeString:
    """Return a piece of furniture; it knows the publication, its sections, today, and what it is told, which must have few values."""

    def put_together() -> SafeString:
        known = {"publication": context.get("publication"), "sections": context.get("sections"), "today": timezone.localdate()}
        return render_to_string(template_name, known | told)

    return remembered(context.get("request"), (template_name, *told.values()), put_together)
