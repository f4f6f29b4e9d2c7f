"""From the line under a story to an order, or to words that say why there is none."""

from django.conf import settings
from django.core.exceptions import ValidationError
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.formats import date_format
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from articles.models import Article
from articles.models.record import snapshot
from articles.terms import Syndication
from articles.views import gone
from licensing.forms import QUESTIONS, OrderForm, UseForm
from licensing.models import SELLABLE, LicenceTerms, OrderedAlready, OrderedTooOften, RateCard
from licensing.package import copy_and_paste
from licensing.rights import Rights, resolve
from newsroom.guards import allows, public_form
from newsroom.models import Use

HOUR = 3600  # seconds
TOO_OFTEN = _("That is more than we can take from one place in an hour. Try again later, or write to the rights desk.")


@public_form
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def republish(request: HttpRequest, short_id: str) -> HttpResponse:
    """What may be done with a story outside this paper: the order form where it can be bought or asked for, else the terms in words."""
    story = Article.objects.public().filter(short_id=short_id).for_reading().first()
    if not story:
        return gone(request, get_object_or_404(Article.objects.retracted(), short_id=short_id))
    card, terms = RateCard.objects.current(), LicenceTerms.objects.current()
    rights = resolve(story)
    if rights.text.terms not in SELLABLE or not card or not terms:
        return _terms(request, story, rights)
    if request.method != "POST" or "price" in request.POST:
        return _order_form(request, OrderForm(card, terms, story, initial=_typed(request) or answers(request)))
    if "quote" in request.POST:
        return _save_quote(request, UseForm(card, story, request.POST), OrderForm(card, terms, story, initial=_typed(request)))
    form = OrderForm(card, terms, story, request.POST)
    if not form.is_valid():
        return _order_form(request, form)
    if earlier := form.sent_before:
        return redirect(earlier)
    if not may_order(request, form.fingerprint):
        form.add_error(None, TOO_OFTEN)
        return _order_form(request, form, status=429)
    try:
        return redirect(form.save())
    except ValidationError as problem:
        form.add_error(None, problem)
        status = 429 if isinstance(problem, OrderedTooOften) else 200
        return _order_form(request, form, status, is_twin=isinstance(problem, OrderedAlready))


def may_order(request: HttpRequest, words: str) -> bool:
    """Whether one more order is taken from here; the same words from the same form, sent fifty times, are one."""
    return not Use.objects.allows("order-form", words, limit=1, seconds=24 * HOUR) or allows(request, "order", limit=30, seconds=HOUR)


@never_cache
@require_safe
def price(request: HttpRequest, short_id: str) -> HttpResponse:
    """The receipt alone, for a form whose answers change."""
    story = get_object_or_404(Article.objects.public().for_licensing(), short_id=short_id)
    card = RateCard.objects.current()
    if story.terms not in SELLABLE or not card:
        raise Http404
    form = UseForm(card, story, initial=answers(request) | {"country": request.GET.get("country", "")})
    return render(request, "licensing/_receipt.html", {"quote": form.quote})


def answers(request: HttpRequest) -> dict:
    """Return what an address may fill in of the form: the questions, and nothing of who orders or what they accept."""
    found = {name: request.GET[name] for name in (*QUESTIONS, "where") if name in request.GET}
    return found | {"pictures": request.GET.getlist("pictures")}


def _typed(request: HttpRequest) -> dict:
    return request.POST.dict() | {"pictures": request.POST.getlist("pictures")} if request.method == "POST" else {}


def _save_quote(request: HttpRequest, asked: UseForm, form: OrderForm) -> HttpResponse:
    """Keep the price of what is chosen as a quote with an address of its own; nobody has to say who they are for that."""
    status = 200
    if asked.is_valid():
        if not allows(request, "quote", limit=60, seconds=HOUR):
            status = 429
            asked.add_error(None, TOO_OFTEN)
        else:
            try:
                return redirect(asked.save_quote())
            except ValidationError as problem:
                asked.add_error(None, problem)
    return _order_form(request, form, status, asked=asked)


def _order_form(request: HttpRequest, form: OrderForm, status: int = 200, is_twin: bool = False, asked: UseForm | None = None) -> HttpResponse:
    """Return the page with the form; `asked` is its first half, where a quote was asked for and there is none."""
    use = asked or form
    context = {"article": form.story, "form": form, "use": use, "quote": use.quote, "is_quote": bool(asked), "is_twin": is_twin}
    return render(request, "licensing/order_form.html", context, status=status)


def _terms(request: HttpRequest, story: Article, rights: Rights) -> HttpResponse:
    """Say in words what may be done with a story that cannot be ordered; an order that comes too late is refused here."""
    is_too_late = request.method == "POST"
    context = {"article": story, "rights": rights, "is_too_late": is_too_late}
    if rights.text.terms == Syndication.FREE and not is_too_late:
        return render(request, "licensing/free.html", context | _to_paste(story, rights))
    return render(request, "licensing/republish_terms.html", context, status=409 if is_too_late else 200)


def _to_paste(story: Article, rights: Rights) -> dict[str, str]:
    """Return a free story as HTML and as text to paste, with what has to stand with it."""
    names = {"source": story.source.name, "day": date_format(story.published_on, "DATE_FORMAT")}
    credit = gettext("First published by %(source)s on %(day)s. Republished with permission.") % names
    free = [image.short_id for image, ruling in rights.pictures.items() if ruling.terms == Syndication.FREE]
    address = settings.SITE_URL + reverse("articles:short", args=[story.short_id])
    html, text = copy_and_paste(snapshot(story), credit, address, free)
    return {"html": html, "text": text, "credit": credit}
