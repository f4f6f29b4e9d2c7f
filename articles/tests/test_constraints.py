"""What the database itself refuses, whoever writes to it."""

from datetime import UTC, date, datetime, timedelta

import pytest
from django.apps import apps
from django.db import IntegrityError, connection, transaction
from django.db.models import Subquery
from django.utils import timezone

from articles.models import (
    Article,
    Author,
    BulkChange,
    BulkChangeStory,
    Contribution,
    Correction,
    ErrorReport,
    Figure,
    FormerAddress,
    FrontPageStory,
    Image,
    Note,
    Revision,
    SecretLink,
    Section,
    Sitting,
    Source,
    Topic,
)
from articles.tests.build import make_article, make_bulk_change, make_figure, make_image, make_source, make_topic, make_user

pytestmark = pytest.mark.django_db
NOON = datetime(2024, 6, 11, 12, tzinfo=UTC)

REFUSED = [
    (Article, "article_status", {"status": "SPIKED"}),
    (Article, "article_in_print_has_address", {"published_at": None}),
    (Article, "article_in_print_has_address", {"published_on": None}),
    (Article, "article_in_print_has_address", {"slug": ""}),
    (Article, "article_withdrawn_with_reason", {"status": "WITHDRAWN", "withdrawn_at": NOON}),
    (Article, "article_withdrawn_with_reason", {"status": "WITHDRAWN", "withdrawal_reason": "Wrong."}),
    (Article, "article_syndication", {"syndication": "GENEROUS"}),
    (Article, "article_has_headline", {"headline": ""}),
    (Article, "article_address_unique", {"slug": "ferry-late"}),
    (Article, "articles_article_short_id", {"short_id": "2222222"}),
    (BulkChange, "bulk_change_verb", {"verb": "BURN"}),
    (BulkChangeStory, "bulk_change_story_once", {"article": Subquery(Article.objects.values("pk")[:1])}),
    (BulkChangeStory, "bulk_change_story_state", {"state": "LOST"}),
    (BulkChangeStory, "bulk_change_says_why", {"state": "FAILED"}),
    (BulkChangeStory, "bulk_change_says_why", {"problem": "Wrong."}),
    (Contribution, "contribution_role", {"role": "PASSER_BY"}),
    (Contribution, "contribution_once", {"role": "WRITER"}),
    (Correction, "correction_kind", {"kind": "GOSSIP"}),
    (Correction, "correction_says_something", {"text": ""}),
    (ErrorReport, "error_report_says_something", {"text": ""}),
    (ErrorReport, "error_report_settled_with_answer", {"settled_at": NOON}),
    (Figure, "figure_says_or_shows", {"image": None, "caption": ""}),
    (Figure, "figure_one_lead", {"is_lead": True}),
    (Figure, "figure_position_unique", {"position": 1}),
    (FormerAddress, "former_address_unique", {"published_on": date(2024, 6, 11)}),
    (FrontPageStory, "front_page_place", {"place": 5}),
    (FrontPageStory, "place", {"place": 1}),
    (Image, "image_focal_point_inside", {"focal_x": 1.01}),
    (Image, "image_focal_point_inside", {"focal_y": -0.01}),
    (Image, "image_syndication", {"syndication": ""}),
    (Image, "image_terms_end_after_they_start", {"terms_start_on": date(2024, 6, 11), "terms_end_on": date(2024, 6, 10)}),
    (Note, "note_says_something", {"text": ""}),
    (Revision, "revision_number_unique", {"number": 1}),
    (Revision, "revision_event", {"event": "READ"}),
    (Section, "section_tone", {"tone": "beige"}),
    (SecretLink, "secret_link_expires", {"expires_at": NOON}),
    (Section, "slug", {"slug": "section"}),
    (Sitting, "sitting_once_a_window", {"window": "first"}),
    (Source, "source_syndication", {"syndication": ""}),
    (Source, "source_only_one_ours", {"is_ours": True}),
    (Source, "source_name_unique", {"name": "the halyard"}),
    (Topic, "topic_name_unique", {"name": "FERRIES"}),
    (Author, "slug", {"slug": "author"}),
]


@pytest.fixture
def two_of_each():
    """Two rows of every table, so that one can be made to clash with the other."""
    stories = [make_article("Ferry late", authors=["Ines Calloway"], published_at=NOON, publish=True) for _ in range(2)]
    Article.objects.filter(pk=stories[0].pk).update(short_id="2222222")
    stories[0].contributions.create(author=Author.objects.get(), role="EDITOR")
    for caption in ("The Margaret Lyle", "The quay"):
        make_figure(stories[0], caption, image=make_image())
    for text in ("It was eleven minutes.", "The mate is a woman."):
        stories[0].error_reports.create(text=text)
    for place, story in enumerate(stories, start=1):
        FrontPageStory.objects.create(article=story, place=place)
        FormerAddress.objects.create(article=story, published_on=date(2024, 6, 10 + place), slug="ferry-early")
        stories[0].correct("It was later still.")
    editor = make_user()
    for window in ("first", "second"):
        stories[0].notes.create(text="Who says so?", made_by=editor)
        Sitting.objects.hear(window, editor, stories[0])
    stories[0].share("A lawyer", timezone.now() + timedelta(days=1), by=editor)
    make_bulk_change(by=editor)
    make_source("The Halyard"), make_source("The Capstan")
    make_topic("Ferries"), make_topic("Clocks")
    Section.objects.create(name="Section", slug="section")
    Author.objects.create(name="Author", slug="author")


@pytest.mark.usefixtures("two_of_each")
@pytest.mark.parametrize(("model", "constraint", "wrong"), REFUSED)
def test_database_refuses(model, constraint, wrong):
    with pytest.raises(IntegrityError, match=constraint), transaction.atomic():  # noqa: PT012 (some are looked at last)
        model.objects.update(**wrong)
        connection.check_constraints()


def test_every_constraint_is_tried():
    constraints = {constraint.name for model in apps.get_app_config("articles").get_models() for constraint in model._meta.constraints}

    assert constraints - {row[1] for row in REFUSED} == set()
