"""What the terms of a picture allow: days, and one use alone."""

from datetime import timedelta

import pytest
from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.formats import date_format

from articles.models import Article, Image
from articles.models.record import snapshot
from articles.tests.build import make_article, make_figure, make_image
from articles.tests.newsroom import EDITOR, complaints, print_changes, rows, save, sign_in
from articles.tests.races import at_once

pytestmark = pytest.mark.django_db
DAY = timedelta(days=1)


@pytest.fixture
def editor():
    return sign_in("editor", *EDITOR)


def story_with(image: Image, headline="Ferry late", **fields) -> Article:
    """Return a story with the picture; with publish=True it is published once it has it."""
    publish = fields.pop("publish", False)
    article = make_article(headline, **fields)
    make_figure(article, image=image)
    if publish:
        article.publish()
    return article


def with_picture(image: Image) -> dict:
    return rows("figures", [{"position": 1, "image": image.pk, "caption": "The quay"}])


def words_of(day) -> str:
    return date_format(day, "j F Y")


def test_refusal_says_what_stands_against_a_use():
    today, story = timezone.localdate(), make_article()
    ended, begins = make_image(terms_end_on=today - DAY), make_image(terms_start_on=today + DAY)
    lasting = make_image(terms_start_on=today, terms_end_on=today)
    read, scheduled, drafted = (make_image(is_single_use=True) for _ in range(3))
    story_with(read, "Ferry early", publish=True)
    story_with(scheduled, "Secret", publish=True, published_at=timezone.now() + DAY)
    story_with(drafted, "Draft")

    assert ended.refusal(story) == f"Its terms ended on {words_of(today - DAY)}."
    assert begins.refusal(story) == f"Its terms begin on {words_of(today + DAY)}. Give the story that date or a later one."
    assert (begins.refusal(story, today + DAY), lasting.refusal(story)) == ("", "")
    assert lasting.refusal(story, today + DAY) == f"Its terms end on {words_of(today)}."
    assert read.refusal(story) == "It is licensed for one use, and stands in “Ferry early” already."
    assert "Secret" not in scheduled.refusal(story)
    assert scheduled.refusal(story) != ""
    assert (drafted.refusal(story), read.refusal(Article.objects.get(headline="Ferry early"))) == ("", "")


def test_story_takes_no_picture_whose_terms_have_ended_but_keeps_the_one_that_it_has(editor):
    image = make_image()
    old, new, printed = story_with(image), make_article("Ferry early"), make_article("Ferry in print", publish=True)
    save(editor, printed, **with_picture(image))  # into its working copy
    Image.objects.update(terms_end_on=timezone.localdate() - DAY)

    kept = [save(editor, story, headline="Ferry later") for story in (old, printed)]
    refused = save(editor, new, **with_picture(image))

    assert [complaints(response) for response in kept] == [[], []]
    assert complaints(refused) == [f"Picture 1: Its terms ended on {words_of(timezone.localdate() - DAY)}."]


def test_draft_may_hold_what_another_draft_holds_and_its_editor_is_told(editor):
    image = make_image(is_single_use=True)
    story_with(image, "Secret draft")
    story = make_article("Ferry early")

    response = save(editor, story, **with_picture(image))

    said = " ".join(str(message) for message in response.wsgi_request._messages)
    assert (complaints(response), story.figures.count()) == ([], 1)
    assert ("The first to be published gets it." in said, "Secret" in said) == (True, False)


def test_story_is_not_printed_with_a_picture_that_may_not_be():
    today = timezone.localdate()
    ended, bare = story_with(make_image()), story_with(make_image())
    Image.objects.filter(figures__article=ended).update(terms_end_on=today + DAY)
    Image.objects.filter(figures__article=bare).update(alt_text="")

    with pytest.raises(ValidationError, match="Picture 1: Its terms end on"):
        ended.publish(at=timezone.now() + 2 * DAY)
    with pytest.raises(ValidationError, match="Picture 1: It has no alternative text"):
        bare.publish()

    assert not Article.objects.filter(status="PUBLISHED").exists()


def test_changes_bring_no_picture_into_print_that_may_not_be_but_leave_those_that_are_there(editor):
    image, other = make_image(), make_image(is_single_use=True)
    story = story_with(image, publish=True)
    story_with(other, "Ferry early", publish=True)
    Image.objects.filter(pk=image.pk).update(terms_end_on=timezone.localdate() - DAY)
    make_figure(story, image=other)
    changed = snapshot(Article.objects.get(pk=story.pk))
    story.figures.filter(image=other).delete()

    with pytest.raises(ValidationError, match="Picture 2: It is licensed for one use, and stands in “Ferry early” already"):
        story.print_changes(changed, "Another picture.")
    response = print_changes(editor, story, "Better.", headline="Ferry later")

    assert complaints(response) == []
    assert Article.objects.get(pk=story.pk).headline == "Ferry later"


@pytest.mark.django_db(transaction=True)
def test_of_two_stories_at_one_moment_one_gets_what_is_licensed_for_one_use():
    image = make_image(is_single_use=True)
    first, second = story_with(image, "Ferry early"), story_with(image, "Ferry late")

    outcomes = at_once(first.publish, second.publish)

    assert sorted("It is licensed for one use, and stands in" in str(outcome) for outcome in outcomes) == [False, True]
    assert Article.objects.filter(status="PUBLISHED").count() == 1
