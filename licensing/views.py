"""The pages that buyers see."""

from django.conf import settings
from django.core.exceptions import ValidationError
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from articles.models import Article
from articles.views import gone
from licensing.forms import QUESTIONS, LinksForm, OrderForm, ReferenceForm
from licensing.models import SELLABLE, Licence, LicenceOrder, LicenceTerms, OrderedAlready, OrderedTooOften, RateCard
from newsroom.guards import allows, public_form, secret_address

HOUR = 3600  # seconds
TOO_OFTEN = "That is more than we can take from one place in an hour. Try again later, or write to the rights desk."


@public_form
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def republish(request: HttpRequest, short_id: str) -> HttpResponse:
    """What may be done with a story outside this paper: the order form where it can be bought or asked for, else the terms in words."""
    story = Article.objects.public().filter(short_id=short_id).for_reading().first()
    if not story:
        return gone(request, get_object_or_404(Article.objects.retracted(), short_id=short_id))
    card, terms = RateCard.objects.current(), LicenceTerms.objects.current()
    if story.terms not in SELLABLE or not card or not terms:
        return _terms(request, story)
    if request.method != "POST" or "price" in request.POST:
        return _order_form(request, OrderForm(card, terms, story, initial=request.POST.dict() or _answers(request)))
    form = OrderForm(card, terms, story, request.POST)
    if not form.is_valid():
        return _order_form(request, form)
    if earlier := form.sent_before:
        return redirect(earlier)
    if not allows(request, "order", limit=30, seconds=HOUR):
        form.add_error(None, TOO_OFTEN)
        return _order_form(request, form, status=429)
    try:
        return redirect(form.save())
    except ValidationError as problem:
        form.add_error(None, problem)
        status = 429 if isinstance(problem, OrderedTooOften) else 200
        return _order_form(request, form, status, is_twin=isinstance(problem, OrderedAlready))


@never_cache
@require_safe
def price(request: HttpRequest, short_id: str) -> HttpResponse:
    """The receipt alone, for a form whose answers change."""
    story = get_object_or_404(Article.objects.public().for_reading(), short_id=short_id)
    card, terms = RateCard.objects.current(), LicenceTerms.objects.current()
    if story.terms not in SELLABLE or not card or not terms:
        raise Http404
    form = OrderForm(card, terms, story, initial=_answers(request))
    return render(request, "licensing/_receipt.html", {"quote": form.quote, "article": story})


@secret_address
@require_safe
def order(request: HttpRequest, secret: str) -> HttpResponse:
    """An order, for whoever holds its link."""
    found = get_object_or_404(LicenceOrder.objects.select_related("article"), secret=secret)
    context = {"order": found, "licence": found.licences.first(), "bank_account": settings.BANK_ACCOUNT}
    context["problem"] = found.problem if found.state == LicenceOrder.State.ACCEPTED else ""
    context["is_public"] = Article.objects.public().filter(pk=found.article_id).exists()
    return render(request, "licensing/order.html", context)


@public_form
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def links(request: HttpRequest) -> HttpResponse:
    """Send me my links again: the same answer for any address."""
    form = LinksForm(request.POST if request.method == "POST" else None)
    if form.is_valid():
        if not allows(request, "links", limit=10, seconds=HOUR):
            form.add_error(None, TOO_OFTEN)
            return render(request, "licensing/links.html", {"form": form}, status=429)
        form.save()
        return redirect("licensing:links_sent")
    return render(request, "licensing/links.html", {"form": form})


@require_safe
def links_sent(request: HttpRequest) -> HttpResponse:
    return render(request, "licensing/links_sent.html")


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
    found = (
        form.is_valid() and Licence.objects.filter(reference=form.cleaned_data["reference"]).select_related("article", "revision", "order").first()
    )
    if not found:
        return render(request, "licensing/licence_check.html", {"form": form, "is_unknown": True}, status=404)
    if found.reference != reference:
        return redirect(found)
    context = {"licence": found, "is_in_force": found.is_in_force(), "pictures": found.order.pictures}
    context["is_public"] = Article.objects.public().filter(pk=found.article_id).exists()
    return render(request, "licensing/licence.html", context)


@require_safe
def terms(request: HttpRequest, version: int | None = None) -> HttpResponse:
    """The licence terms: those in force, or an earlier version that orders were placed under."""
    begun = LicenceTerms.objects.begun()
    found = get_object_or_404(begun, version=version) if version is not None else LicenceTerms.objects.current()
    if not found:
        raise Http404
    return render(request, "licensing/terms.html", {"terms": found, "versions": begun})


def _answers(request: HttpRequest) -> dict[str, str]:
    """Return what an address may fill in of the form: the questions, and nothing of who orders or what they accept."""
    return {name: request.GET[name] for name in (*QUESTIONS, "pictures") if name in request.GET}


def _order_form(request: HttpRequest, form: OrderForm, status: int = 200, is_twin: bool = False) -> HttpResponse:
    context = {"article": form.story, "form": form, "quote": form.quote, "is_twin": is_twin}
    return render(request, "licensing/order_form.html", context, status=status)


def _terms(request: HttpRequest, story: Article) -> HttpResponse:
    """Say in words what may be done with a story that cannot be ordered; an order that comes too late is refused here."""
    figures = [(figure, story.terms_of(figure.image)) for figure in story.figures.all() if figure.image]
    is_too_late = request.method == "POST"
    return render(
        request,
        "licensing/republish_terms.html",
        {"article": story, "figures": figures, "is_too_late": is_too_late},
        status=409 if is_too_late else 200,
    )
