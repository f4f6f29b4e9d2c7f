"""Asking for the newsletter, confirming, leaving, and the newsletters themselves. None of it reads a session or sets a cookie."""

from datetime import date

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods, require_safe

from newsletters.forms import SubscribeForm
from newsletters.models import Consent, Issue, Subscription
from newsroom.caching import kept
from newsroom.guards import allows, public_form, secret_address

TRIES, HOUR = 10, 3600  # of one visitor
LATEST = 10


@public_form
@require_http_methods(["GET", "HEAD", "POST"])
def subscribe(request: HttpRequest) -> HttpResponse:
    """What the newsletter is, and the form; the answer to a good one is the same whether or not the address is known."""
    form, status = SubscribeForm(request.POST if request.method == "POST" else None), 200
    if form.is_bound:
        status = 400
        if form.is_valid():
            if allows(request, "newsletter", TRIES, HOUR):
                form.save()
                return redirect("newsletters:asked")
            form.add_error(None, _("There have been many tries from where you are. Please wait an hour and send again."))
            status = 429
    return render(request, "newsletters/subscription_form.html", {"form": form, "issues": Issue.objects.all()[:LATEST]}, status=status)


@secret_address
@public_form
@require_http_methods(["GET", "HEAD", "POST"])
def confirm(request: HttpRequest, token: str) -> HttpResponse:
    """The page behind the link that was mailed. Looking at it changes nothing, since mail scanners open every link: its button does."""
    if request.method == "POST":
        if Subscription.objects.confirm(token):
            return redirect("newsletters:confirmed")
    elif subscription := Subscription.objects.awaiting(token).first():
        return render(request, "newsletters/subscription_confirm.html", {"wording": subscription.asked.wording})
    return render(request, "newsletters/subscription_expired.html", status=404)


@secret_address
@csrf_exempt  # the key in the address is what allows it: who has it may leave from anywhere (RFC 8058)
@require_http_methods(["GET", "HEAD", "POST"])
def leave(request: HttpRequest, key: str) -> HttpResponse:
    """The page behind the link to leave, and where a mail program posts. It answers the same whether or not the key is known."""
    if request.method != "POST":
        return render(request, "newsletters/subscription_leave.html")
    is_one_click = request.POST.get("List-Unsubscribe") == "One-Click"
    Subscription.objects.leave(key, Consent.Channel.ONE_CLICK if is_one_click else Consent.Channel.LINK)
    return HttpResponse(_("You will get no more newsletters.") + "\n", content_type="text/plain") if is_one_click else redirect("newsletters:left")


@kept()
@require_safe
def issue(request: HttpRequest, year: int, month: int, day: int) -> HttpResponse:
    """The newsletter of a day, with the stories that readers can see now."""
    try:
        when = date(year, month, day)
    except ValueError:
        raise Http404 from None
    found = get_object_or_404(Issue, day=when)
    return render(request, "newsletters/issue.html", {"issue": found, "stories": found.public_stories().for_cards()})
