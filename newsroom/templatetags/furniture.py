"""The furniture of a page, such as masthead and footer: what is the same on many pages is put together once an edition."""

from django import template
from django.template.loader import render_to_string
from django.utils import timezone
from django.utils.safestring import SafeString

from newsroom.edition import remembered

register = template.Library()


@register.simple_tag(takes_context=True)
def furniture(context, template_name: str) -> SafeString:
    """Return a piece of furniture; it knows the publication, its sections, today, and which section is shown or is that of the story shown."""
    here, article = context.get("section"), context.get("article")
    known = {"today": timezone.localdate(), "shown": here and here.pk, "story_in": article and article.section_id}
    given = {"publication": context.get("publication"), "sections": context.get("sections")}
    return remembered(context.get("request"), (template_name, *known.values()), lambda: render_to_string(template_name, known | given))
