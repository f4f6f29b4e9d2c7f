"""Pages in gzip; static files are compressed beforehand (WhiteNoise), and pictures and packages are already."""

from django.middleware.gzip import GZipMiddleware

TEXT = ("text/", "application/json", "application/xml", "application/rss+xml", "application/atom+xml", "application/feed+json")


class CompressText(GZipMiddleware):
    """Compress what is text; a random length hides from BREACH what a page repeats (breachattack.com, Heal the BREACH)."""

    def process_response(self, request, response):
        if response.streaming or not response.get("Content-Type", "").startswith(TEXT):
            return response
        return super().process_response(request, response)
