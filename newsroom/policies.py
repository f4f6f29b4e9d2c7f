"""The admin's Content-Security-Policy: the editor and the admin's look need what public pages must never have."""

from urllib.parse import unquote

from csp.constants import NONCE, SELF, UNSAFE_EVAL, UNSAFE_INLINE
from django.core.exceptions import BadRequest

ADMIN = {
    "script-src": [SELF, NONCE, UNSAFE_EVAL],
    "style-src": [SELF, UNSAFE_INLINE],
    "img-src": [SELF, "data:", "blob:"],
}


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
