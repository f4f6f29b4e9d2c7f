"""The guard of public forms: they act on no session, so no cookie guards them, and none is set."""

import re
from functools import wraps
from ipaddress import IPv6Address, ip_address, ip_network
from urllib.parse import urlsplit

from django.conf import settings
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _
from django.views.decorators.csrf import csrf_exempt

from newsroom.models import Use

NOT_FROM_HERE = _("Nothing was sent: we could not tell that the form came from our own page. Open the page again and send it from there.")
WITH_PORT = re.compile(r"^(?:\[(.*)\]|([^:]*))(?::\d+)?$")  # as some proxies write addresses


def public_form(view):
    """Take a POST only from a page of this site; for views that act on no session.

    A browser says where a form was sent from: in Sec-Fetch-Site (W3C Fetch Metadata), else in Origin, else in Referer. Origin is not asked
    first, since a page with the policy no-referrer sends "null" there.
    """

    @csrf_exempt
    @wraps(view)
    def guarded(request: HttpRequest, *args, **kwargs):
        if request.method == "POST" and not _from_here(request):
            raise PermissionDenied(NOT_FROM_HERE)
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
    connected = request.META.get("REMOTE_ADDR", "")
    forwarded = request.headers.get("X-Forwarded-For", "") if settings.TRUST_PROXY else ""
    seen = WITH_PORT.sub(r"\1\2", forwarded.rsplit(",", 1)[-1].strip())
    try:
        return str(ip_address(seen))
    except ValueError:
        return connected


def allows(request: HttpRequest, form: str, limit: int, seconds: int) -> bool:
    """Count one use of `form` by this visitor, and say whether it is within `limit` in `seconds`."""
    return Use.objects.allows(form, _household(network_address(request)), limit, seconds)


def _household(address: str) -> str:
    """Return what one visitor holds of the network: an IPv4 address, or the 64 bits of IPv6 that a household is given."""
    try:
        found = ip_address(address)
    except ValueError:
        return address
    found = getattr(found, "ipv4_mapped", None) or found
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
