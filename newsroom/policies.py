"""Exceptions from the Content-Security-Policy: the one inline script, and what the editor and the admin's look need but no public page may have."""

import base64
import hashlib
from pathlib import Path
from urllib.parse import unquote

from csp.constants import NONCE, SELF, UNSAFE_EVAL, UNSAFE_INLINE
from django.core.exceptions import BadRequest

ADMIN = {
    "script-src": [SELF, NONCE, UNSAFE_EVAL],
    "style-src": [SELF, UNSAFE_INLINE],
    "img-src": [SELF, "data:", "blob:"],
    "frame-src": [SELF],
}
FRAMED = {"frame-ancestors": [SELF]}  # a preview, in a frame of the newsroom's


def inline_script(path: Path) -> str:
    """Return the source expression that allows the script in this file, and no other, inside a page (CSP 3, hash-source)."""
    return f"'sha256-{base64.b64encode(hashlib.sha256(path.read_text().encode()).digest()).decode()}'"


def admin_policy(get_response):
    """Relax the policy for /admin/ only, and refuse there what PostgreSQL cannot be asked: NUL."""

    def middleware(request):
        if not request.path.startswith("/admin/"):
            return get_response(request)
        if "\0" in unquote(request.META.get("QUERY_STRING", "")):
            raise BadRequest("The query holds a NUL.")
        str(request.csp_nonce)  # the header names the nonce only when somebody has read it
        response = get_response(request)
        response._csp_update = ADMIN
        return response

    return middleware
