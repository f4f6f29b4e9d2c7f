"""What somebody agrees to who asks for the newsletter. Who changes a word of it gives it a new version: each is kept as proof."""

from django.utils.translation import gettext_noop

VERSION = "1"
WORDING = gettext_noop(
    "We send you the day’s stories by mail, once a day at most, until you tell us to stop; every mail says how. We use your address for nothing else."
)
