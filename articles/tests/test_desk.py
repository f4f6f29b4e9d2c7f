"""What a newsroom does with a story before it is in print and after: drafts, review, working copies, withdrawals to come, and the log of it all."""

from datetime import UTC, datetime, timedelta

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, connection, transaction
from django.db.models import ProtectedError
from django.utils import timezone

from articles.models import Article, ArticleEvent, Revision
from articles.models.record import snapshot
from articles.tasks import close_stories
from articles.tests.build import make_article, make_author, make_figure, make_image, make_section, make_source, make_topic, make_user
from articles.tests.newsroom import EDITOR, change_url, sign_in

pytestmark = pytest.mark.django_db
NOON = datetime(2024, 6, 11, 12, tzinfo=UTC)


def log(article) -> list[str]:
    return [f"{event.words}{f' ({event.reason})' * bool(event.reason)}" for event in article.events.all()]


def changed(article, **parts) -> dict:
    return snapshot(Article.objects.get(pk=article.pk)) | parts


# --- Keeping what is written


def test_draft_is_kept_whole_with_byline_and_pictures():
    article, image = make_article(), make_image()
    make_author("Ada Palm"), make_topic("Tides"), make_section("City"), make_source("The Capstan")
    story = changed(article) | {
        "headline": "Ferry early", "section": "city", "source": "the-capstan", "topics": ["tides"],
        "byline": [{"author": "ada-palm", "name": "Ada Palm", "role": "EDITOR"}],
        "figures": [{"position": 3, "is_lead": True, "caption": "The quay", "picture": {"short_id": image.short_id}}],
    }  # fmt: skip

    article.keep(story)

    kept = Article.objects.get()
    assert (kept.headline, kept.section.name, kept.source.name, kept.byline) == ("Ferry early", "City", "The Capstan", "Ada Palm (editor)")
    assert [topic.name for topic in kept.topics.all()] == ["Tides"]
    assert list(kept.figures.values_list("position", "is_lead", "caption", "image")) == [(3, True, "The quay", image.pk)]
    assert kept.revisions.get().story == snapshot(kept)


def test_what_has_gone_meanwhile_is_left_out():
    article = make_article(topics=["Tides"], authors=["Ada Palm"])
    make_figure(article, "", image=make_image())
    make_figure(article, "The quay")
    story = snapshot(article)
    article.topics.clear(), article.contributions.all().delete(), article.figures.all().delete()
    for model in (Article.topics.rel.model, Article.authors.rel.model, Article._meta.get_field("figures").related_model.image.field.related_model):
        model.objects.all().delete()

    article.keep(story | {"section": "gone"})

    kept = snapshot(Article.objects.get())
    assert (kept["topics"], kept["byline"], [figure["caption"] for figure in kept["figures"]], kept["section"]) == ([], [], ["The quay"], "harbour")


def test_working_copy_of_a_story_in_print_is_seen_by_nobody_outside(client):
    article = make_article("Ferry late", published_at=NOON, publish=True)

    article.keep(changed(article, headline="Ferry early"))

    article = Article.objects.get()
    assert (article.headline, article.working_copy.story["headline"]) == ("Ferry late", "Ferry early")
    assert "Ferry early" not in client.get(article.get_absolute_url()).text
    assert client.get("/search/?q=early").context["tally"].total == 0
    assert article.revisions.printed().last().story["headline"] == "Ferry late"


def test_preview_shows_the_working_copy_and_leaves_what_is_in_print():
    article = make_article("Ferry late", published_at=NOON, publish=True, authors=["Ada Palm"])
    make_author("Ben Oak")
    article.keep(changed(article, headline="Ferry early", byline=[{"author": "ben-oak", "name": "Ben Oak", "role": "WRITER"}]))

    preview = sign_in("editor", *EDITOR).get(change_url(article, "preview")).text

    assert ("Ferry early" in preview, "Ben Oak" in preview, "Ada Palm" in preview) == (True, True, False)
    assert snapshot(Article.objects.get()) == article.revisions.printed().last().story


def test_story_in_print_that_is_saved_untouched_has_no_working_copy():
    article = make_article("Ferry late", published_at=NOON, publish=True)

    kept = article.keep(changed(article))

    assert (kept, Article.objects.get().working_copy, article.revisions.count()) == (None, None, 1)


def test_working_copy_is_printed_in_one_step_with_a_note():
    article = make_article("Ferry late", published_at=NOON, publish=True, authors=["Ada Palm"])
    article.keep(changed(article, headline="Ferry early", byline=[]))

    with pytest.raises(ValidationError, match="say under"):
        article.print_changes(article.working_copy.story)
    article = Article.objects.get()
    article.print_changes(article.working_copy.story, "It was early.", by=make_user())

    printed = Article.objects.public().get()
    assert (printed.headline, printed.byline, printed.working_copy) == ("Ferry early", "", None)
    assert [(row.event, row.story["headline"]) for row in printed.revisions.all()] == [
        ("PUBLISHED", "Ferry late"), ("SAVED", "Ferry early"), ("CORRECTED", "Ferry early"),
    ]  # fmt: skip
    assert log(printed) == ["published", "correction (It was early.)"]


@pytest.mark.parametrize("part", [{"section": "city"}, {"syndication": "NONE"}, {"topics": ["tides"]}])
def test_what_a_story_is_sorted_by_changes_in_print_without_a_note(part):
    article = make_article(published_at=NOON, publish=True)
    make_section("City"), make_topic("Tides")

    article.print_changes(changed(article, **part))

    assert [row.event for row in article.revisions.all()] == ["PUBLISHED", "CHANGED"]
    assert article.revisions.last().story | part == article.revisions.last().story


def test_dropped_working_copy_stays_among_the_revisions():
    article = make_article("Ferry late", published_at=NOON, publish=True)
    article.keep(changed(article, headline="Ferry early"))

    article.drop_working_copy()

    assert Article.objects.get().working_copy is None
    assert article.revisions.last().story["headline"] == "Ferry early"


def test_earlier_state_comes_back_as_the_draft_or_as_the_working_copy():
    draft, printed = make_article("Ferry late"), make_article("Quay late", published_at=NOON, publish=True)
    for article in (draft, printed):
        article.keep(changed(article, headline="First"))
        article.keep(changed(article, headline="Second"))
        article.restore(article.revisions.get(story__headline="First"))

    draft, printed = Article.objects.get(pk=draft.pk), Article.objects.get(pk=printed.pk)
    assert (draft.headline, printed.headline, printed.working_copy.story["headline"]) == ("First", "Quay late", "First")
    assert log(draft) == ["revision 1 brought back"]


def test_draft_is_deleted_with_its_revisions_and_leaves_its_log():
    article = make_article("Ferry late")
    article.keep(changed(article))
    article.submit()

    article.delete()

    assert not Revision.objects.exists()
    assert list(ArticleEvent.objects.values_list("headline", "words")) == [("Ferry late", "sent to review")]


def test_story_with_anything_printed_is_not_deleted():
    article = make_article(published_at=NOON, publish=True)
    article.keep(changed(article, headline="Ferry early"))

    with pytest.raises(ProtectedError):
        article.delete()


# --- Review


def test_draft_goes_to_review_and_back_with_a_reason():
    article, sub = make_article(), make_user()

    article.submit(by=sub)
    status = Article.objects.get().status
    with pytest.raises(ValidationError, match="Say what is missing"):
        article.send_back(" ")
    article.send_back("Who says so?", by=sub)

    assert (status, Article.objects.get().status) == ("IN_REVIEW", "DRAFT")
    assert [(str(event), event.reason, event.by) for event in article.events.all()] == [
        ("sent to review", "", sub), ("sent back", "Who says so?", sub),
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("verb", "status"),
    [("submit", "IN_REVIEW"), ("submit", "PUBLISHED"), ("submit", "WITHDRAWN"), ("send_back", "DRAFT"), ("send_back", "PUBLISHED"),
     ("send_back", "WITHDRAWN"), ("correct", "DRAFT"), ("correct", "IN_REVIEW"), ("withdraw", "DRAFT"), ("print_changes", "DRAFT"),
     ("stay", "PUBLISHED")],
)  # fmt: skip
def test_step_out_of_turn_is_refused(verb, status):
    article = make_article(published_at=NOON, publish=status in {"PUBLISHED", "WITHDRAWN"})
    if status == "WITHDRAWN":
        article.withdraw("Wrong.")
    if status == "IN_REVIEW":
        article.submit()
    arguments = {"submit": [], "stay": [], "print_changes": [snapshot(article), "Wrong."]}.get(verb, ["Wrong."])

    with pytest.raises(ValidationError):
        getattr(article, verb)(*arguments)

    assert Article.objects.get().status == status


def test_story_is_given_to_somebody_with_a_moment():
    article, ada = make_article(), make_user("ada", first_name="Ada", last_name="Palm")

    article.assign(ada, NOON)
    article.assign(None)

    assert (Article.objects.get().assigned_to, Article.objects.get().due_at) == (None, None)
    assert log(article) == ["given to Ada Palm", "given to nobody"]


@pytest.mark.parametrize("sql", ["UPDATE articles_articleevent SET words = 'x'", "DELETE FROM articles_articleevent"])
def test_log_can_be_changed_by_nobody(sql):
    make_article(publish=True)

    with pytest.raises(IntegrityError, match="kept as they are"), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(sql)


def test_editors_leave_each_other_notes_that_readers_never_see(client):
    article = make_article(published_at=NOON, publish=True)
    editor = sign_in("editor", *EDITOR, first_name="Ada", last_name="Palm")

    editor.post(change_url(article, "notes"), {"text": "Who says so?\n<b>Ask the mate.</b>"})
    empty = editor.post(change_url(article, "notes"), {"text": " "})

    page = editor.get(change_url(article, "notes")).text
    assert "Ada Palm: Who says so?<br>&lt;b&gt;Ask the mate.&lt;/b&gt;" in page
    assert "By itself: published" in page
    assert "This field is required." in empty.text
    assert article.notes.count() == 1
    assert "Who says so" not in client.get(article.get_absolute_url()).text


# --- A withdrawal to come


def test_story_is_withdrawn_at_a_moment_that_was_set_without_any_job(client):
    article = make_article(published_at=NOON, publish=True)
    moment = timezone.now() + timedelta(hours=1)

    article.withdraw("The licence of its pictures ends.", at=moment)

    assert client.get(article.get_absolute_url()).status_code == 200
    assert list(Article.objects.public(moment)) == []
    assert list(Article.objects.retracted(moment)) == [article]
    assert [row.event for row in article.revisions.all()] == ["PUBLISHED"]
    Article.objects.update(withdrawn_at=timezone.now())  # the moment comes
    assert client.get(article.get_absolute_url()).status_code == 410
    assert Article.objects.get().state == "Withdrawn"
    assert client.get("/search/?q=ferry").context["tally"].total == 0


def test_withdrawal_whose_moment_has_come_is_noted_once():
    article = make_article(published_at=NOON, publish=True)
    article.withdraw("Wrong.", at=timezone.now() + timedelta(hours=1))
    not_yet = list(Article.objects.due_to_close())
    Article.objects.update(withdrawn_at=NOON + timedelta(days=1))

    for _ in range(2):
        close_stories(0)

    assert not_yet == []
    assert Article.objects.get().status == "WITHDRAWN"
    assert [row.event for row in article.revisions.all()] == ["PUBLISHED", "WITHDRAWN"]
    assert log(article)[-1] == "withdrawn (Wrong.)"


def test_withdrawal_to_come_is_taken_back():
    article = make_article(published_at=NOON, publish=True)
    article.withdraw("Wrong.", at=timezone.now() + timedelta(hours=1))

    article.stay()

    assert (Article.objects.get().withdrawn_at, Article.objects.get().withdrawal_reason) == (None, "")
    assert list(Article.objects.public(timezone.now() + timedelta(days=1))) == [article]


def test_correction_of_a_story_to_be_withdrawn_leaves_the_moment():
    article = make_article(published_at=NOON, publish=True)
    moment = timezone.now() + timedelta(hours=1)
    article.withdraw("Wrong.", at=moment)

    article.correct("It was later still.")

    assert Article.objects.get().withdrawn_at == moment
