"""{% address_of "articles:short" story.short_id %} is what {% url %} is, for pages that name many addresses."""

from django import template

from newsroom.addresses import address_of

register = template.Library()
register.simple_tag(address_of)
