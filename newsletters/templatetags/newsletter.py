"""What the newsletter's form needs wherever it stands."""

from django import template
from django.utils.translation import gettext as _

from newsletters import consent

register = template.Library()


@register.inclusion_tag("newsletters/_form.html", takes_context=True)
def newsletter_form(context, page: str, form=None) -> dict:
    """Show the form: on a page of that path, and with what was typed and what was wrong with it where it was sent."""
    return {"request": context.get("request"), "page": page, "form": form, "wording": _(consent.WORDING), "version": consent.VERSION}
