"""Revisions: what they hold, and that nobody changes them unnoticed."""

from datetime import UTC, datetime

import pytest
from django.db.models import ProtectedError

from articles.models import Revision
from articles.models.record import fingerprint
from articles.tests.build import make_article, make_figure, make_image, make_source, make_user

pytestmark = pytest.mark.django_db
NOON = datetime(2024, 6, 11, 12, tzinfo=UTC)


def test_revision_is_the_whole_story_as_it_stood():
    article = make_article(
        "Ferry late", kicker="Harbour", standfirst="Again.", dateline="TERN ISLAND", body="<p>Late.</p>", syndication="FREE",
        authors=["Ines Calloway"], topics=["Ferries", "Clocks"], source=make_source("The Halyard"), published_at=NOON,
    )  # fmt: skip
    image = make_image("A ferry", credit="Photo: Owen Strand", copyright_holder="Owen Strand", syndication="NONE")
    make_figure(article, "The Margaret Lyle", image=image, is_lead=True)
    make_figure(article, "A picture that is lost")

    article.publish(at=NOON)

    assert Revision.objects.get().story == {
        "short_id": article.short_id,
        "headline": "Ferry late",
        "kicker": "Harbour",
        "standfirst": "Again.",
        "dateline": "TERN ISLAND",
        "body": "<p>Late.</p>",
        "slug": "ferry-late",
        "published_at": "2024-06-11T12:00:00Z",
        "status": "PUBLISHED",
        "withdrawal_reason": "",
        "section": "harbour",
        "source": "the-halyard",
        "topics": ["clocks", "ferries"],
        "syndication": "FREE",
        "byline": [{"author": "ines-calloway", "name": "Ines Calloway", "role": "WRITER"}],
        "figures": [
            {
                "position": 1,
                "is_lead": True,
                "caption": "The Margaret Lyle",
                "picture": {
                    "short_id": image.short_id,
                    "alt_text": "A ferry",
                    "credit": "Photo: Owen Strand",
                    "copyright_holder": "Owen Strand",
                    "syndication": "NONE",
                },
            },
            {"position": 2, "is_lead": False, "caption": "A picture that is lost", "picture": None},
        ],
        "corrections": [],
    }


def test_revisions_are_numbered_and_say_who_made_them():
    editor = make_user()
    article = make_article()

    article.publish(by=editor)
    article.correct("It was later still.", by=editor)
    article.withdraw("Wrong.", by=editor)
    article.publish()

    assert [(row.number, row.event, row.made_by, str(row)) for row in article.revisions.all()] == [
        (1, "PUBLISHED", editor, "Published, revision 1"),
        (2, "CORRECTED", editor, "Corrected, revision 2"),
        (3, "WITHDRAWN", editor, "Withdrawn, revision 3"),
        (4, "PUBLISHED", None, "Published, revision 4"),
    ]


def test_later_revision_holds_the_correction_and_the_earlier_stays_as_it_was():
    article = make_article(publish=True)
    first = article.revisions.get().story

    article.headline = "Ferry later"
    article.correct("It was later still.", at=NOON)

    before, after = article.revisions.all()
    assert before.story == first
    assert after.story["headline"] == "Ferry later"
    assert after.story["corrections"] == [{"kind": "CORRECTION", "text": "It was later still.", "made_at": "2024-06-11T12:00:00Z"}]


@pytest.mark.parametrize(
    "tamper",
    [
        lambda story: story | {"headline": "Ferry on time"},
        lambda story: story | {"status": "WITHDRAWN"},
        lambda story: story | {"topics": ["clocks"]},
        lambda story: story | {"figures": [figure | {"caption": "Another"} for figure in story["figures"]]},
        lambda story: story | {"byline": []},
        lambda story: {key: value for key, value in story.items() if key != "source"},
        lambda story: story | {"added": ""},
    ],
)
def test_changed_revision_is_not_intact(tamper):
    article = make_article(authors=["Ines Calloway"])
    make_figure(article)
    article.publish()
    revision = Revision.objects.get()
    intact = revision.is_intact

    Revision.objects.update(story=tamper(revision.story))

    assert (intact, Revision.objects.get().is_intact) == (True, False)


def test_fingerprint_is_the_sha_256_of_canonical_json():
    assert fingerprint({"b": "é", "a": [1, None]}) == "e03c3c1ebb5fccd76e3bd35b9a86169f35e6f1b069645d48ac278175f54c4208"
    assert fingerprint({"a": [1, None], "b": "é"}) == fingerprint({"b": "é", "a": [1, None]})


def test_story_that_has_been_in_print_cannot_be_deleted():
    article = make_article(publish=True)

    with pytest.raises(ProtectedError):
        article.delete()
