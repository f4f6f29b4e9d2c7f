"""What the tests of an order's verbs share: trying what is refused, and looking at what is there afterwards."""

import fcntl
import tempfile
from datetime import timedelta
from pathlib import Path

import pytest
from django.core.exceptions import ValidationError
from django.utils import timezone

from articles.models import Article, Image, Source
from articles.terms import Syndication
from articles.tests.races import at_once
from licensing.models import Licence, LicenceOrder, LicenceTerms, OrderedStory, OrderEvent, Payment, QuoteLine, RateCard, Refund, Shown
from licensing.quotes import make_quote
from licensing.tests.build import choose, make_story
from mail.models import Message


def crowd(*verbs) -> list:
    """Run very many verbs at the same moment; each is a connection, so that two processes of a test run take turns."""
    with (Path(tempfile.gettempdir()) / "newsroom-crowd.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        return at_once(*verbs)


def outcome(result) -> str:
    """Return what a verb of a race came to: done, or the first sentence of its refusal."""
    if isinstance(result, ValidationError):
        return result.messages[0].partition(".")[0]
    return repr(result) if isinstance(result, Exception) else "done"


def rows() -> tuple:
    """Return what there is of everything that a verb writes."""
    orders = list(LicenceOrder.objects.order_by("pk").values("state", "total", "decision_reason", "decided_at", "email", "secret", "account"))
    stories = list(OrderedStory.objects.order_by("pk").values("order", "fee", "kept", "cancelled_at"))
    counts = [model.objects.count() for model in (QuoteLine, Payment, Refund, OrderEvent, Message)]
    return orders, stories, list(Licence.objects.order_by("pk").values("pk", "revoked_at")), counts


def refusal(verb, *arguments, **fields) -> str:
    """Return what a verb says that refuses, having written nothing."""
    before = rows()
    with pytest.raises(ValidationError) as problem:
        verb(*arguments, **fields)
    assert rows() == before
    return " ".join(problem.value.messages)


def subjects() -> list[str]:
    """Return the subjects of all mails, the oldest first."""
    return list(Message.objects.order_by("pk").values_list("subject", flat=True))


def log(order: LicenceOrder) -> list[tuple[str, str]]:
    """Return an order's log, as (state, words)."""
    return list(order.events.values_list("state", "words"))


def anew(order: LicenceOrder) -> LicenceOrder:
    """Return an order as it stands in the database."""
    return LicenceOrder.objects.get(pk=order.pk)


def money(order: LicenceOrder) -> list[str]:
    """Return what is due, what came in, what went back, what is still owed and what has to go back."""
    return [f"{amount:.2f}" for amount in (order.due, order.paid, order.refunded, order.owed, order.surplus)]


def seen(price="", **options) -> Shown:
    """Return what a buyer had before their eyes who has read the terms in force."""
    return Shown(price, LicenceTerms.objects.current().version, **options)


def quoted(story: Article, **answers) -> tuple:
    """Return what a form sends for a story: the choice, and what was shown."""
    card = RateCard.objects.current()
    choice = choose(card, **answers)
    return choice, seen(make_quote(card, Article.objects.for_licensing().get(pk=story.pk), choice).as_shown)


def add(order: LicenceOrder, story: Article, **answers) -> None:
    """Put one more story into a draft."""
    order.add(story, *quoted(story, **answers))


def read(order: LicenceOrder, **options) -> Shown:
    """Return what a buyer had before their eyes who has read a draft as it stands."""
    return seen(anew(order).as_shown, **options)


def two_stories(**fields) -> list[Article]:
    """Return two stories of one source."""
    first = make_story(headline="Hail over the pass", **fields)
    return [first, make_story(headline="Snow in May", **fields | {"source": first.source})]


def set_expired(order: LicenceOrder) -> None:
    """Let the quotes of a draft have ended yesterday."""
    order.stories.update(valid_until=timezone.localdate() - timedelta(days=1))


# --- What can happen to a story between the order and the desk's word


def withdraw(story):
    story.withdraw("It was wrong.")


def embargo(story):
    Article.objects.filter(pk=story.pk).update(embargoed_until=timezone.now() + timedelta(days=1))


def make_source_none(story):
    Source.objects.filter(pk=story.source_id).update(syndication=Syndication.NONE)


def make_story_none(story):
    Article.objects.filter(pk=story.pk).update(syndication=Syndication.NONE)


def make_source_free(story):
    Source.objects.filter(pk=story.source_id).update(syndication=Syndication.FREE)


def make_picture_none(story):
    Image.objects.filter(figures__article=story, alt_text="The gauge, seen from gate 2").update(syndication=Syndication.NONE)


def take_picture_out(story):
    story.figures.filter(image__alt_text="The gauge, seen from gate 2").delete()


def end_contract(story):
    story.source.grants.update(ends_on=timezone.localdate() + timedelta(days=30))


def lose_picture_file(story):
    image = Image.objects.get(figures__article=story, alt_text="The gauge, seen from gate 2")
    image.file.storage.delete(image.file.name)


NOT_IN_PRINT = "The story is no longer in print, so it cannot be licensed."
PICTURE = "A picture of this order cannot be licensed any more. The gauge, seen from gate 2: "
LOST = [
    (withdraw, NOT_IN_PRINT),
    (embargo, NOT_IN_PRINT),
    (make_source_none, "The story cannot be licensed any more. The For sale does not let us pass it on."),
    (make_story_none, "The story cannot be licensed any more. The For sale does not let us pass it on."),
    (make_source_free, "The story cannot be licensed any more. Free to republish."),
    (make_picture_none, f"{PICTURE}The holder does not let us pass it on. It can be ordered without."),
    (take_picture_out, f"{PICTURE}It is not with the story any more. It can be ordered without."),
    (lose_picture_file, "The file of a picture cannot be read, so it cannot be licensed at the moment: The gauge, seen from gate 2."),
]
