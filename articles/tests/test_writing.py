"""What the editor of a story's text chooses from, what it keeps, and how long it says the text is."""

from datetime import timedelta

import pytest
from django.utils import timezone

from articles.models import Image
from articles.tests.build import make_article, make_image
from articles.tests.newsroom import EDITOR, WRITER, change_url, save, sign_in

pytestmark = pytest.mark.django_db
PICTURES, STORIES = "/admin/articles/article/choose/picture/", "/admin/articles/article/choose/story/"
SEES = "articles.view_image"


@pytest.fixture
def editor():
    return sign_in("editor", *EDITOR, SEES)


def names(answer) -> list[str]:
    return [picture["name"] for picture in answer.json()["pictures"]]


def headlines(answer) -> list[str]:
    return [story["headline"] for story in answer.json()["stories"]]


def test_library_is_shown_the_newest_first_and_small_and_searched(editor):
    make_image("The quay", credit="Photo: Owen Strand")
    ferry = make_image("The ferry")

    everything, found, chosen = (editor.get(PICTURES, asked) for asked in ({}, {"words": "strand"}, {"key": ferry.pk}))

    assert (names(everything), names(found), names(chosen)) == (["The ferry", "The quay"], ["The quay"], ["The ferry"])
    assert everything.json()["pictures"][0] == {
        "key": str(ferry.pk), "name": "The ferry", "credit": "", "caption": "", "thumbnail": f"/admin/articles/image/{ferry.short_id}/480.jpg",
    }  # fmt: skip
    assert (everything.json()["more"], everything.json()["add_url"]) == (None, "")


def test_library_is_shown_a_page_at_a_time(editor, django_assert_max_num_queries):
    Image.objects.bulk_create(Image(alt_text=f"Picture {number}", file="x.jpg") for number in range(26))

    with django_assert_max_num_queries(12):
        first = editor.get(PICTURES).json()
    second = editor.get(PICTURES, {"page": first["more"]}).json()

    assert [len(page["pictures"]) for page in (first, second)] == [24, 2]
    assert (first["more"], second["more"], first["pictures"][0]["thumbnail"]) == (2, None, "")


@pytest.mark.parametrize("asked", [{"page": "0"}, {"page": "9" * 30}, {"key": "abc"}, {"words": "x" * 201}])
def test_question_that_is_none_is_refused_in_words(editor, asked):
    answer = editor.get(PICTURES, asked)

    assert answer.status_code == 400
    assert answer.json()["problem"].endswith(".")


def test_only_those_who_write_and_see_the_library_choose_from_it():
    blind, viewer = sign_in("blind", *EDITOR), sign_in("viewer", SEES, "articles.view_article")

    assert [blind.get(address).status_code for address in (PICTURES, STORIES)] == [403, 200]
    assert [viewer.get(address).status_code for address in (PICTURES, STORIES)] == [403, 403]


def test_stories_in_print_and_scheduled_ones_are_found_by_headline_or_else_by_text(editor):
    make_article("Ferry withdrawn", publish=True).withdraw("Wrong.")
    make_article("Ferry drafted")
    printed = make_article("Ferry early", published_at=timezone.now() - timedelta(days=1), publish=True)
    make_article("Ferry to come", published_at=timezone.now() + timedelta(hours=1), publish=True)
    make_article("Tide tables", body="<p>High water at the lighthouse.</p>", publish=True)

    by_headline, by_text = editor.get(STORIES, {"words": "ferr"}), editor.get(STORIES, {"words": "lighthouse"})

    assert (headlines(by_headline), headlines(by_text)) == (["Ferry to come", "Ferry early"], ["Tide tables"])
    scheduled, early = by_headline.json()["stories"]
    assert early["address"] == printed.get_absolute_url()
    assert (scheduled["about"].endswith(" · Scheduled"), early["about"].startswith("Harbour · ")) == (True, True)
    assert headlines(editor.get(STORIES)) == []


def test_reporter_links_to_no_story_that_they_may_not_see():
    make_article("Ferry to come", published_at=timezone.now() + timedelta(hours=1), publish=True)
    make_article("Ferry early", publish=True)
    reporter = sign_in("reporter", *(permission for permission in WRITER if "article" not in permission), "articles.write_article")

    assert headlines(reporter.get(STORIES, {"words": "ferry"})) == ["Ferry early"]


def test_form_says_how_long_the_text_is(editor):
    article = make_article(body="<p>Late</p>" + "<ul><li>again</li></ul>" * 574)

    assert "575 words, 2 minutes to read" in editor.get(change_url(article)).text
    assert "0 words, 1 minute to read" in editor.get("/admin/articles/article/add/").text


def test_empty_paragraphs_and_their_breaks_are_not_kept(editor):
    article = make_article()

    save(editor, article, body='<p>One</p><p></p><figure data-figure="1"></figure><p>&nbsp;</p><p><br></p>')

    article.refresh_from_db()
    assert article.body == '<p>One</p><figure data-figure="1"></figure>'


def test_static_page_offers_no_pictures_of_a_story():
    chief = sign_in("chief", is_superuser=True)

    assert 'data-dialog="picture"' not in chief.get("/admin/flatpages/flatpage/add/").text
    assert 'data-dialog="picture"' in chief.get("/admin/articles/article/add/").text
