"""What a licence says: the words it is bound to, its days, and what was paid for; and how it is revoked."""

import hashlib
from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path

import pytest
from django.db import IntegrityError, transaction
from django.utils import timezone
from procrastinate.contrib.django.models import ProcrastinateJob

from articles.models import Image
from articles.tests.build import make_user
from licensing.models import Licence, PublicKey
from licensing.proof import signing
from licensing.tests.build import make_card, make_grant, make_licence, make_order, make_story, make_terms, pay
from licensing.tests.letters import letters
from licensing.tests.verbs import anew, log, refusal, two_stories

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def card():
    make_terms()
    return make_card()


@pytest.mark.parametrize(
    ("term", "day", "last"),
    [
        ("year", date(2025, 11, 24), date(2026, 11, 23)),
        ("year", date(2024, 2, 29), date(2025, 2, 28)),
        ("month", date(2026, 1, 31), date(2026, 2, 28)),
        ("month", date(2026, 11, 24), date(2026, 12, 23)),
        ("ever", date(2026, 11, 24), None),
    ],
)
def test_licence_runs_from_its_day_to_the_day_before_the_term_is_over(term, day, last):
    order = make_order(choice={"term": term})

    licence = Licence.objects.issue(order.live[0], timezone.make_aware(timezone.datetime(day.year, day.month, day.day, 23, 59)))

    assert (licence.starts_on, licence.ends_on) == (day, last)


def test_licence_says_what_was_paid_for():
    story = make_story(pictures=["FOR_SALE", "FOR_SALE", "NONE"])
    order = make_order("PAID", story, choice={"medium": "web", "term": "ever", "country": "IE", "pictures": True}, country="IE")

    licence = order.licences.get()

    assert [licence.article, licence.organisation, licence.country.code, licence.medium, licence.territory, licence.term, licence.audience] == [
        story, "Hill Farming Monthly", "IE", "A website or app", "Ireland", "Without end", "Up to 5,000 readers",
    ]  # fmt: skip
    assert (licence.fee, licence.currency, licence.starts_on, licence.ends_on) == (order.total, "EUR", timezone.localdate(), None)
    assert (licence.fee, licence.reference != order.reference) == (Decimal("295.00"), True)
    assert [picture["alt_text"] for picture in licence.pictures] == ["The gauge, seen from gate 1", "The gauge, seen from gate 2"]


def test_licence_keeps_each_picture_as_it_was():
    story = make_story(pictures=["FOR_SALE"])
    image = Image.objects.get()
    Image.objects.update(credit="Photo: Mira Vance", copyright_holder="Mira Vance")
    make_grant(holder="Mira Vance", image=image)

    licence = make_licence(story, choice={"pictures": True})
    Image.objects.update(credit="Photo: somebody else", alt_text="Something else")

    fingerprint = hashlib.sha256(Path(image.file.path).read_bytes()).hexdigest()
    said = {"alt_text": "The gauge, seen from gate 1", "credit": "Photo: Mira Vance", "holder": "Mira Vance"}
    assert licence.pictures == [said | {"short_id": image.short_id, "sha256": fingerprint}]
    assert [picture.sha256 for picture in licence.facts.pictures] == [fingerprint]


def test_licence_is_signed_at_once_with_a_key_that_is_kept():
    licence = make_licence()

    said = signing.read(licence.jws, PublicKey.objects.jwks())

    assert said["licence"]["reference"] == licence.reference
    assert [said["licence"][fact] for fact in ("licensee", "revision_sha256", "fee")] == ["Hill Farming Monthly", licence.revision.sha256, "120.00"]


def test_job_packs_each_licence():
    order = make_order("PAID", *two_stories())

    jobs = ProcrastinateJob.objects.filter(task_name="licensing.tasks.pack").order_by("pk")
    assert [job.args for job in jobs][-2:] == [{"licence": licence.pk} for licence in order.licences.order_by("pk")]


def test_licence_is_bound_to_the_words_of_its_day():
    story = make_story()
    order = make_order(story=story)
    story.headline = "The gauge, corrected"
    story.correct("The headline was wrong.")
    pay(order)
    story.headline = "The gauge, corrected once more"
    story.correct("So was the second.")

    licence = order.licences.get()

    assert (licence.revision.number, licence.headline, story.revisions.count()) == (2, "The gauge, corrected", 3)


def test_licence_is_in_force_on_its_first_and_last_day_only():
    licence = make_licence()
    day = timedelta(days=1)

    days = [licence.starts_on - day, licence.starts_on, licence.ends_on, licence.ends_on + day]

    assert [licence.is_in_force(each) for each in days] == [False, True, True, False]
    assert [Licence.objects.in_force(each).count() for each in days] == [0, 1, 1, 0]
    assert [Licence.objects.standing(each).count() for each in days] == [1, 1, 1, 0]
    assert licence.is_in_force()


def test_ordered_story_has_one_licence():
    order = make_order("PAID")

    with pytest.raises(IntegrityError), transaction.atomic():
        Licence.objects.issue(order.live[0], timezone.now())
    made = order.issue_licences()

    assert (made, Licence.objects.count()) == ([], 1)


# --- Revoked


def test_revoked_licence_ends_at_once_and_says_why():
    licence, clerk = make_licence(), make_user("clerk")

    licence.revoke(" It was printed with another byline. ", by=clerk)

    licence = Licence.objects.get()
    assert (licence.revocation_reason, licence.state, licence.is_in_force()) == ("It was printed with another byline.", "Revoked", False)
    assert (list(Licence.objects.in_force()), list(Licence.objects.standing()), licence.order.state) == ([], [], "PAID")
    assert log(licence.order)[-1] == ("PAID", f"Licence {licence} is revoked: It was printed with another byline.")
    assert (licence.order.events.last().by, letters()[-1].subject) == (clerk, f"Your licence {licence} is revoked")


def test_licence_is_revoked_once():
    licence = make_licence()
    stale = Licence.objects.get()
    licence.revoke("It was printed with another byline.")

    assert refusal(stale.revoke, "Once more.") == "This licence is revoked already."
    assert Licence.objects.get().revocation_reason == "It was printed with another byline."


@pytest.mark.parametrize("reason", ["", " \n"])
def test_licence_is_not_revoked_without_a_reason(reason):
    assert refusal(make_licence().revoke, reason) == "Say why: the licensee reads it."


def test_revocation_moves_no_money():
    licence = make_licence()

    licence.revoke("It was printed with another byline.")

    assert (anew(licence.order).surplus, anew(licence.order).owed) == (0, 0)
