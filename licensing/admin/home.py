"""What the rights desk has to say on the newsroom's first page."""

from django.urls import reverse

from articles.admin.home import Series, Task
from licensing.models import LicenceOrder, State

WAITING = {State.REQUESTED: "Orders to decide", State.ACCEPTED: "Orders waiting for payment"}


def tasks(user) -> list[Task]:
    if not user.has_perm("licensing.view_licenceorder"):
        return []
    orders = reverse("admin:licensing_licenceorder_changelist")
    return [Task(words, LicenceOrder.objects.filter(state=state), f"{orders}?state={state.value}") for state, words in WAITING.items()]


def series(user) -> list[Series]:
    if not user.has_perm("licensing.view_licenceorder"):
        return []
    return [Series("Orders", LicenceOrder.objects.placed(), "created_at")]
