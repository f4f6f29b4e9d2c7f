"""What machines ask of the site as a whole."""

from django.conf import settings
from django.db import Error, connection
from django.http import Http404, HttpRequest, HttpResponse
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from newsroom.caching import kept


@require_safe
@never_cache
def health(request: HttpRequest) -> HttpResponse:
    """Say whether the site can serve: 200 with the database there, else 503."""
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
    except Error:
        return HttpResponse("The database does not answer.\n", status=503, content_type="text/plain")
    return HttpResponse("ok\n", content_type="text/plain")


@kept()
@require_safe
def robots(request: HttpRequest) -> HttpResponse:
    """Tell crawlers where to look (RFC 9309)."""
    lines = ["User-agent: *", "Disallow: /admin/", "Disallow: /search/", "", f"Sitemap: {settings.SITE_URL}{reverse('sitemap')}"]
    return HttpResponse("\n".join(lines) + "\n", content_type="text/plain")


def nowhere(request: HttpRequest, **kwargs) -> HttpResponse:
    """Answer for an address that must not be there."""
    raise Http404
