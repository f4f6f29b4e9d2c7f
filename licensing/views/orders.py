"""An order's own pages, behind its secret: the quote, the checkout, what was said and paid, and the way to the packages."""

from collections.abc import Callable

from django.conf import settings
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from articles.forms import SearchForm
from articles.models import Article
from licensing import printing
from licensing.forms import AnswerForm, BuyerForm, LinksForm, UseForm
from licensing.models import SELLABLE, LicenceOrder, LicenceTerms, OrderedAlready, OrderedTooOften, RateCard, State
from licensing.rights import resolve
from newsroom.guards import allows, public_form, secret_address

from .buying import HOUR, TOO_OFTEN, answers, may_order
from .showing import look_at

FOUND = 12  # stories that a search for one more shows
NOT_NOW = _(
    "A story of this order cannot be licensed as it was ordered at the moment, so nothing was changed and nothing is owed for it."
    " The rights desk writes to you."
)


def _with_order(view: Callable) -> Callable:
    """Find the order of a secret address, and keep the address secret."""

    @secret_address
    def found(request: HttpRequest, secret: str, **parts) -> HttpResponse:
        return view(request, get_object_or_404(LicenceOrder.objects.select_related("account"), secret=secret), **parts)

    return found


@public_form
@require_http_methods(["GET", "HEAD", "POST"])
@_with_order
def order(request: HttpRequest, order: LicenceOrder) -> HttpResponse:
    """An order, for whoever holds its link; a draft is ordered here."""
    if order.state != State.DRAFT:
        return redirect(order) if request.method == "POST" else show(request, order)
    form = _checkout(request.POST if request.method == "POST" else None)
    if request.method != "POST" or not form or not form.is_valid():
        return _draft(request, order, form)
    if not may_order(request, f"{order.secret} {form.buyer}"):
        form.add_error(None, TOO_OFTEN)
        return _draft(request, order, form, status=429)
    try:
        order.place(form.buyer, form.shown)
    except ValidationError as problem:
        form.add_error(None, problem)
        status = 429 if isinstance(problem, OrderedTooOften) else 200
        return _draft(request, order, form, status, is_twin=isinstance(problem, OrderedAlready))
    return redirect(order)


@require_safe
@_with_order
def quote(request: HttpRequest, order: LicenceOrder) -> HttpResponse:
    """The quote as a sheet to print and to file."""
    if order.state != State.DRAFT:
        return redirect(order)
    name = f"quote-{order.reference}.pdf"
    sheet = printing.quote(order, look_at(order))
    return HttpResponse(sheet, content_type="application/pdf", headers={"Content-Disposition": f'inline; filename="{name}"'})


@require_safe
@_with_order
def stories(request: HttpRequest, order: LicenceOrder) -> HttpResponse:
    """Look for one more story to put into a draft."""
    if order.state != State.DRAFT:
        return redirect(order)
    form = SearchForm(request.GET)
    found = list(form.newest(FOUND + 1).for_cards().select_related("section", "source").newest_first())
    chosen = set(order.stories.values_list("article", flat=True))
    context = {"order": order, "form": form, "found": found[:FOUND], "has_more": len(found) > FOUND, "chosen": chosen}
    return render(request, "licensing/order_stories.html", context)


@public_form
@require_http_methods(["GET", "HEAD", "POST"])
@_with_order
def add(request: HttpRequest, order: LicenceOrder, short_id: str) -> HttpResponse:
    """Choose the use of one more story, or another use of one that is in the draft already."""
    story = get_object_or_404(Article.objects.public().for_licensing(), short_id=short_id)
    card = RateCard.objects.current()
    if order.state != State.DRAFT or not card:
        return redirect(order)
    if resolve(story).text.terms not in SELLABLE:
        return redirect("licensing:republish", story.short_id)  # which says in words what may be done with it
    if request.method != "POST" or "price" in request.POST:
        return _add(request, order, UseForm(card, story, initial=_chosen(request, order, story)))
    form = UseForm(card, story, request.POST)
    if not form.is_valid():
        return _add(request, order, form)
    try:
        order.add(story, form.choice, form.shown)
    except ValidationError as problem:
        form.add_error(None, problem)
        return _add(request, order, form)
    return redirect(order)


@public_form
@require_POST
@_with_order
def drop(request: HttpRequest, order: LicenceOrder, short_id: str) -> HttpResponse:
    """Take a story out of a draft."""
    return _do(request, order, lambda: order.drop(short_id))


@public_form
@require_POST
@_with_order
def price_anew(request: HttpRequest, order: LicenceOrder) -> HttpResponse:
    """Price a draft by today's card."""
    return _do(request, order, order.price_anew)


@public_form
@require_POST
@_with_order
def answer(request: HttpRequest, order: LicenceOrder) -> HttpResponse:
    """Take the desk's offer, or cancel what nothing was licensed for yet."""
    form = AnswerForm(request.POST)
    return _do(request, order, lambda: form.save(order)) if form.is_valid() else redirect(order)


@public_form
@secret_address
@require_http_methods(["GET", "HEAD", "POST"])
def release(request: HttpRequest, secret: str) -> HttpResponse:
    """Take an order on account: for whoever reads the mail of the licensee's registered address."""
    order = get_object_or_404(LicenceOrder.objects.select_related("account"), release_secret=secret, account__isnull=False)
    problem = ""
    if request.method == "POST":
        try:
            order.release()
        except ValidationError as refused:
            order = LicenceOrder.objects.select_related("account").get(pk=order.pk)
            problem = _said_to_buyer(order, refused)
    if order.state in {State.CREDITED, State.PAID} and order.release_email == order.account.email:
        return redirect(order)
    stories = look_at(order)
    is_possible = order.state == State.ACCEPTED and not order.problem
    context = {"order": order, "stories": stories, "problem": problem, "is_possible": is_possible}
    return render(request, "licensing/release.html", context, status=409 if problem else 200)


@public_form
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


def show(request: HttpRequest, order: LicenceOrder, status: int = 200, problem: str = "") -> HttpResponse:
    """Return the page of an order that was placed; `problem` says why what was asked for could not be done."""
    stories = look_at(order)
    context = {
        "order": order,
        "stories": stories,
        "complaint": problem,
        "cannot_be_licensed": order.state == State.ACCEPTED and bool(order.problem),
        "has_lapsed": bool(order.answer_by and order.answer_by < timezone.localdate()),
        "is_revoked": all(row.licence and row.licence.revoked_at for row in stories if not row.story.cancelled_at),
        "has_files": any(story.can_be_fetched for story in stories),
        "bank_account": settings.BANK_ACCOUNT,
    }
    return render(request, "licensing/order.html", context, status=status)


def _do(request: HttpRequest, order: LicenceOrder, verb: Callable) -> HttpResponse:
    """Do what a button of the order's page asks for, and go back there; where it cannot be done, say why."""
    try:
        lost = verb()
    except ValidationError as refused:
        order.refresh_from_db()
        return (_draft if order.state == State.DRAFT else show)(request, order, status=409, problem=_said_to_buyer(order, refused))
    if lost:
        return _draft(request, order, problem=gettext("Not to be had like this any more, and left out: %(stories)s.") % {"stories": "; ".join(lost)})
    return redirect(order)


def _said_to_buyer(order: LicenceOrder, refused: ValidationError) -> str:
    """Return why something was refused in words for the buyer: what the verbs say of a story's rights is for the desk."""
    said, problem = " ".join(refused.messages), order.problem
    return NOT_NOW if problem and problem in said else said


def _checkout(typed=None) -> BuyerForm | None:
    """Return the form that orders a draft; None while there are no licence terms."""
    terms = LicenceTerms.objects.current()
    return BuyerForm(terms, typed) if terms else None


def _draft(request: HttpRequest, order: LicenceOrder, form: BuyerForm | None = None, status: int = 200, is_twin=False, problem="") -> HttpResponse:
    stories = look_at(order)
    context = {
        "order": order,
        "stories": stories,
        "is_out_of_print": not all(row.is_public for row in stories),
        "needs_desk": any(row.story.asks for row in stories),
        "form": form or _checkout(),
        "is_twin": is_twin,
        "problem": problem,
    }
    return render(request, "licensing/order_draft.html", context, status=status)


def _add(request: HttpRequest, order: LicenceOrder, form: UseForm) -> HttpResponse:
    return render(request, "licensing/order_add.html", {"order": order, "article": form.story, "form": form, "quote": form.quote})


def _chosen(request: HttpRequest, order: LicenceOrder, story: Article) -> dict:
    """Return what the form begins with: what was typed, else what stands in the draft for this story, else its first story's answers."""
    if request.method == "POST":
        return request.POST.dict() | {"pictures": request.POST.getlist("pictures")}
    rows = list(order.stories.all())
    like = next((row for row in rows if row.article_id == story.pk), rows[0])
    return like.keys | {"where": like.keys.get("country", ""), "pictures": like.picture_ids} | {k: v for k, v in answers(request).items() if v}
