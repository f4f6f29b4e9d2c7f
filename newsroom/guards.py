"""The guard of public forms: they act on no session, so no cookie guards them, and none is set."""

from functools import wraps
from ipaddress import IPv6Address, ip_address, ip_network
from urllib.parse import urlsplit

from django.conf import settings
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest
from django.views.decorators.csrf import csrf_exempt

from newsroom.models import Use


def public_form(view):
    """Take a POST only from a page of this site; for views that act on no session.

    A browser says where a form was sent from: in Sec-Fetch-Site (W3C Fetch Metadata), else in Origin, else in Referer. Origin is not asked
    first, since a page with the policy no-referrer sends "null" there.
    """

    @csrf_exempt
    @wraps(view)
    def guarded(request: HttpRequest, *args, **kwargs):
        if request.method == "POST" and not _from_here(request):
            raise PermissionDenied
        return view(request, *args, **kwargs)

    return guarded


def secret_address(view):
    """Keep an address that holds a secret out of caches, search engines and the notes of other sites."""

    @wraps(view)
    def kept(request: HttpRequest, *args, **kwargs):
        response = view(request, *args, **kwargs)
        response["Referrer-Policy"] = "same-origin"
        response["Cache-Control"] = "no-store"
        response["X-Robots-Tag"] = "noindex"
        return response

    return kept


def network_address(request: HttpRequest) -> str:
    """Return the visitor's address: the one that our own proxy saw, where we are behind one, else the connection's."""
    forwarded = request.headers.get("X-Forwarded-For", "") if settings.TRUST_PROXY else ""
    return forwarded.rsplit(",", 1)[-1].strip() or request.META.get("REMOTE_ADDR", "")


def allows(request: HttpRequest, form: str, limit: int, seconds: int) -> bool:
    """Count one use of `form` by this visitor, and say whether it is within `limit` in `seconds`."""
    return Use.objects.allows(form, _household(network_address(request)), limit, seconds)


def _household(address: str) -> str:
    """Return what one visitor holds of the network: an IPv4 address, or the 64 bits of IPv6 that a household is given."""
    try:
        found = ip_address(address)
    except ValueError:
        return address
    return str(ip_network((found, 64), strict=False)) if isinstance(found, IPv6Address) else str(found)


def _from_here(request: HttpRequest) -> bool:
    if site := request.headers.get("Sec-Fetch-Site"):
        return site == "same-origin"
    if stated := request.headers.get("Origin") or request.headers.get("Referer"):
        try:
            parts = urlsplit(stated)
        except ValueError:  # such as http://[bad
            return False
        return (parts.scheme, parts.netloc) == (request.scheme, request.get_host())
    return False
