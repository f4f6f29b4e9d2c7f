"""What every page knows of the publication."""

from django.conf import settings
from django.http import HttpRequest
from django.utils import timezone
from django.utils.functional import SimpleLazyObject

from articles.models import Section
from newsroom.edition import remembered


def publication(request: HttpRequest) -> dict:
    """Give templates the publication's name and its sections (one query an edition, made only by pages that print them)."""
    return {
        "publication": {
            "name": settings.PUBLICATION_NAME,
            "tagline": settings.PUBLICATION_TAGLINE,
            "language": settings.LANGUAGE_CODE,
            "newsroom_email": settings.NEWSROOM_EMAIL,
            "rights_email": settings.RIGHTS_EMAIL,
            "url": settings.SITE_URL,
        },
        "this_year": timezone.localdate().year,
        "sections": SimpleLazyObject(lambda: remembered(request, "sections", lambda: list(Section.objects.all()))),
    }
