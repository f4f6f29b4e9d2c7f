"""What is compressed beside the pages that are kept (newsroom/memory.py): other text, and static files beforehand."""

from functools import lru_cache

from django.middleware.gzip import GZipMiddleware
from whitenoise.compress import Compressor
from whitenoise.storage import CompressedManifestStaticFilesStorage

TEXT = ("text/", "application/json", "application/xml", "application/rss+xml", "application/atom+xml", "application/feed+json")


class CompressText(GZipMiddleware):
    """Compress what is text; a random length hides from BREACH what a page repeats (breachattack.com, Heal the BREACH)."""

    def process_response(self, request, response):
        if response.streaming or not response.get("Content-Type", "").startswith(TEXT):
            return response
        return super().process_response(request, response)


class StaticFiles(CompressedManifestStaticFilesStorage):
    """Static files with hashed names, in gzip: Brotli's best would take a quarter of a minute at every start, and browsers fetch them once."""

    @lru_cache(maxsize=1_000)  # noqa: B019 (there is one of it)
    def url(self, name: str, force: bool = False) -> str:
        """Return the address of a file; templates name the same ones on every page."""
        return super().url(name, force)

    def create_compressor(self, **options) -> Compressor:
        return super().create_compressor(use_brotli=False, **options)
