"""Licences: proof for anybody, and for the licensee the package, acknowledgements and the renewal."""

import logging

from django.core.exceptions import ValidationError
from django.http import FileResponse, Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.cache import cache_control, never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from articles.models import Article, Revision
from licensing import sample as sampling
from licensing.forms import ReferenceForm
from licensing.models import Delivery, Licence, LicenceTerms, OrderedTooOften, Package, PublicKey, RateCard, Shown
from licensing.package import DamagedPicture
from newsroom.caching import kept
from newsroom.guards import allows, public_form, secret_address

from .buying import HOUR, TOO_OFTEN

logger = logging.getLogger(__name__)


@require_safe
def check(request: HttpRequest) -> HttpResponse:
    """Look a licence up by its reference."""
    form = ReferenceForm(request.GET or None)
    if form.is_valid():
        return redirect("licensing:licence", form.cleaned_data["reference"])
    return render(request, "licensing/licence_check.html", {"form": form})


@never_cache
@require_safe
def licence(request: HttpRequest, reference: str) -> HttpResponse:
    """What a licence covers, and whether it is in force: proof for anybody who holds its reference."""
    form = ReferenceForm({"reference": reference})
    licences = Licence.objects.select_related("article", "revision", "order", "story")
    found = form.is_valid() and licences.filter(reference=form.cleaned_data["reference"]).first()
    if not found:
        return render(request, "licensing/licence_check.html", {"form": form, "is_unknown": True}, status=404)
    if found.reference != reference:
        return redirect(found)
    is_public = Article.objects.public().filter(pk=found.article_id).exists()
    return render(request, "licensing/licence.html", {"licence": found, "is_public": is_public})


@cache_control(public=True, max_age=3600)
@require_safe
def keys(request: HttpRequest) -> JsonResponse:
    """All keys that licences were ever signed with, their public halves (RFC 7517)."""
    return JsonResponse(PublicKey.objects.jwks(), content_type="application/jwk-set+json")


@kept()
@require_safe
def terms(request: HttpRequest, version: int | None = None) -> HttpResponse:
    """The licence terms: those in force, or an earlier version that orders were placed under."""
    begun = LicenceTerms.objects.begun()
    found = get_object_or_404(begun, version=version) if version is not None else LicenceTerms.objects.current()
    if not found:
        raise Http404
    return render(request, "licensing/terms.html", {"terms": found, "versions": begun})


@kept()
@require_safe
def sample(request: HttpRequest) -> HttpResponse:
    """What a licensee gets, file by file, before anybody pays."""
    return render(request, "licensing/sample.html", {"files": sampling.FILES})


@cache_control(public=True, max_age=3600)
@require_safe
def sample_file(request: HttpRequest) -> HttpResponse:
    """A package with nothing in it but its form."""
    headers = {"Content-Disposition": 'attachment; filename="sample.zip"'}
    return HttpResponse(sampling.sample(), content_type="application/zip", headers=headers)


# --- For the licensee: behind the order's secret, or a signed link.


@public_form
@secret_address
@require_POST
def fetch(request: HttpRequest, secret: str, reference: str) -> HttpResponse:
    """Hand over a licence's package, from the order's page; `corrected` asks for the text that stands in print now."""
    licence = _licence(secret, reference)
    if not _may_be_fetched(licence):
        return _kept(request, licence, status=409)
    revision = licence.corrected_revision if "corrected" in request.POST else None
    return _hand_over(request, licence, revision, Delivery.Way.ORDER)


@public_form
@secret_address
@require_http_methods(["GET", "HEAD", "POST"])
def package(request: HttpRequest, token: str) -> HttpResponse:
    """The page that a mailed link leads to, and the package itself when its button is pressed; programs that follow links fetch nothing."""
    found = Package.by_token(token)
    if not found:
        return render(request, "licensing/package_link_ended.html", status=410)
    licence = found.licence
    if not _may_be_fetched(licence):
        return _kept(request, licence, status=410)
    if request.method != "POST":
        return render(request, "licensing/package.html", {"package": found, "licence": licence, "headline": licence.headline})
    return _hand_over(request, licence, found.revision, Delivery.Way.LINK)


@public_form
@secret_address
@require_POST
def acknowledge(request: HttpRequest, secret: str, reference: str, notice: int) -> HttpResponse:
    """Note that the licensee has seen a correction, a withdrawal, or the end."""
    licence = _licence(secret, reference)
    get_object_or_404(licence.notices, pk=notice).acknowledge()
    return redirect(licence.order)


@public_form
@secret_address
@require_http_methods(["GET", "HEAD", "POST"])
def renew(request: HttpRequest, secret: str, reference: str) -> HttpResponse:
    """Order the same use once more, at today's card: one look, one click."""
    licence = _licence(secret, reference)
    card, terms = RateCard.objects.current(), LicenceTerms.objects.current()
    problem, status = "", 200
    if request.method == "POST" and terms:
        version = request.POST.get("terms_version", "")
        shown = Shown(request.POST.get("price_shown", ""), int(version) if version.isdecimal() and len(version) < 10 else 0)
        try:
            if not allows(request, "order", limit=30, seconds=HOUR):
                raise OrderedTooOften(TOO_OFTEN)
            return redirect(type(licence.order).objects.renew(licence, shown))
        except ValidationError as refused:
            problem, status = " ".join(refused.messages), 429 if isinstance(refused, OrderedTooOften) else 409
    quote = licence.renewal(card) if card and terms else None
    context = {"licence": licence, "quote": quote, "terms": terms, "problem": problem, "is_renewal": True}
    return render(request, "licensing/renew.html", context, status=status)


def _licence(secret: str, reference: str) -> Licence:
    licences = Licence.objects.select_related("order", "revision", "article", "story")
    return get_object_or_404(licences, order__secret=secret, reference=reference)


def _may_be_fetched(licence: Licence) -> bool:
    """Whether we still hand over the files of a licence (as showing.StoryShown.can_be_fetched)."""
    return not licence.revoked_at and Article.objects.public().filter(pk=licence.article_id).exists()


def _hand_over(request: HttpRequest, licence: Licence, revision: Revision | None, way: str) -> HttpResponse:
    """Answer with the package of a licence, made now if it was not yet, and note that it was fetched; or say that a file cannot be read."""
    try:
        package = Package.objects.make(licence, revision)
        file = package.path.open("rb")
    except (DamagedPicture, OSError):
        logger.exception("The package of licence %s could not be handed over.", licence)
        return _kept(request, licence, status=503)
    package.deliver(way)
    return FileResponse(file, as_attachment=True, filename=package.name, content_type="application/zip")


def _kept(request: HttpRequest, licence: Licence, status: int) -> HttpResponse:
    """Say why the files of a licence are not handed over."""
    return render(request, "licensing/package_kept.html", {"licence": licence, "is_damaged": status == 503}, status=status)
