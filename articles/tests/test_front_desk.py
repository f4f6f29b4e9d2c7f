"""The front page's order, as editors arrange it: four places, all set at once."""

import re
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from datetime import timedelta

import pytest
from django.core.exceptions import ValidationError
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from playwright.sync_api import expect

from articles.models import Article, FrontPageStory
from articles.tests.browser import visitor
from articles.tests.build import make_article, make_figure, make_image, make_section, make_user
from articles.tests.newsroom import sign_in

pytestmark = pytest.mark.django_db
FRONT = "/admin/articles/frontpagestory/"
ARRANGER = ("articles.view_frontpagestory", "articles.change_frontpagestory", "articles.view_article", "articles.view_image")


@pytest.fixture
def editor():
    return sign_in("editor", *ARRANGER)


def stories(*headlines: str, **fields) -> list[Article]:
    """Return stories in print, the newest first."""
    now = timezone.now()
    return [make_article(name, published_at=now - timedelta(hours=hour), publish=True, **fields) for hour, name in enumerate(headlines)]


def stand(*articles: Article | None) -> None:
    for place, article in enumerate(articles, start=1):
        if article:
            FrontPageStory.objects.create(article=article, place=place)


def standing() -> list[str | None]:
    """Return the headlines in the four places."""
    placed = dict(FrontPageStory.objects.values_list("place", "article__headline"))
    return [placed.get(place) for place in FrontPageStory.Place]


def sent(client, **places) -> dict:
    """Return what a browser sends of the page as it stands, with other places chosen for some stories."""
    form = client.get(FRONT).context["form"]
    return {bound.html_name: bound.value() for bound in form} | places


def choice(article: Article, place: int | str) -> dict:
    return {f"place_{article.pk}": str(place)}


def said(response) -> str:
    return " ".join(str(message) for message in response.context["messages"])


def test_four_places_are_set_at_once_and_the_log_of_each_story_says_so(editor):
    lead, second, third, fourth = stories("Lead", "Second", "Third", "Fourth")
    stand(fourth, None, third)
    places = choice(lead, 1) | choice(second, 2) | choice(fourth, "")

    saved = editor.post(FRONT, sent(editor, **places), follow=True)

    assert said(saved) == "The front page stands as you have arranged it."
    assert standing() == ["Lead", "Second", "Third", None]
    lines = {article.headline: [event.words for event in article.events.all()][1:] for article in (lead, third, fourth)}
    assert lines == {"Lead": ["put on the front page: lead"], "Third": [], "Fourth": ["taken off the front page"]}


def test_stories_change_places_and_a_new_one_takes_the_place_of_the_old(editor):
    one, two, three = stories("One", "Two", "Three")
    stand(one, two)

    editor.post(FRONT, sent(editor, **choice(one, 2), **choice(two, 1)))
    assert standing() == ["Two", "One", None, None]

    editor.post(FRONT, sent(editor, **choice(three, 1)))
    assert standing() == ["Three", "One", None, None]


def test_two_new_stories_in_one_place_are_refused_in_words(editor):
    one, two = stories("One", "Two")

    refused = editor.post(FRONT, sent(editor, **choice(one, 1), **choice(two, 1)))

    assert "Several stories are put in the place “Lead”. Choose one of them." in refused.text
    assert standing() == [None] * 4
    assert refused.context["form"][f"place_{one.pk}"].value() == "1"


def test_whoever_opened_the_page_before_somebody_else_saved_is_shown_what_stands(editor):
    one, two = stories("One", "Two")
    opened_before, other = sent(editor, **choice(one, 1)), sign_in("other", *ARRANGER)
    other.post(FRONT, sent(other, **choice(two, 1)))

    refused = editor.post(FRONT, opened_before, follow=True)

    assert "Somebody else has arranged the front page since you opened it." in said(refused)
    assert standing() == ["Two", None, None, None]
    assert refused.context["places"][0]["story"] == two


def test_story_that_left_print_leaves_its_place_free(editor):
    gone, kept, newest = stories("Gone", "Kept", "Newest")
    stand(gone, kept)
    late = sent(editor, **choice(newest, 3))
    gone.withdraw("In doubt.")

    page = editor.get(FRONT)
    saved = editor.post(FRONT, late, follow=True)

    assert "“Gone” is withdrawn, so this place is free." in page.text
    assert page.context["places"][0]["stands_in"] == newest
    assert said(saved).endswith("“Gone” is not in print any more, so its place is free.")
    assert standing() == [None, "Kept", "Newest", None]
    with pytest.raises(ValidationError, match="“Gone” is not in print any more"):
        FrontPageStory.objects.arrange([gone.pk, None, None, None], FrontPageStory.objects.standing())


def test_words_find_stories_in_print_and_scheduled_ones_but_no_draft(editor):
    stories("Ferry late")
    stories("Tides", body="<p>Low at noon.</p>")
    make_article("Ferry to come", published_at=timezone.now() + timedelta(days=1), publish=True)
    make_article("Ferry draft")

    found, too_long = editor.get(f"{FRONT}?q=ferry"), editor.get(f"{FRONT}?q={'a' * 201}")

    assert [story.headline for story in found.context["offered"]] == ["Ferry to come", "Ferry late"]
    assert "scheduled for" in found.text
    assert "That is too long to search for." in too_long.text


@pytest.mark.parametrize("seen", ["", "1,2,3", "a,0,0,0", "9" * 30 + ",0,0,0"])
def test_form_that_is_none_changes_nothing(editor, seen):
    (story,) = stories("Ferry late")

    refused = editor.post(FRONT, {"seen": seen, f"place_{story.pk}": "1", f"place_{'9' * 18}": "2", "place_abc": "3"})

    assert "Nothing was saved" in refused.text
    assert standing() == [None] * 4


def test_who_may_only_look_arranges_nothing():
    (story,) = stories("Ferry late")
    viewer = sign_in("viewer", "articles.view_frontpagestory", "articles.view_article")

    refused = viewer.post(FRONT, sent(viewer, **choice(story, 1)))

    assert refused.status_code == 403
    assert "Save the front page" not in viewer.get(FRONT).text
    assert standing() == [None] * 4


def test_page_takes_the_same_queries_however_many_stories(editor):
    asked = []
    for headlines in (["One"], [f"Story {number}" for number in range(9)]):
        for article in stories(*headlines, section=make_section(headlines[-1])):
            make_figure(article, image=make_image(), is_lead=True)
        FrontPageStory.objects.all().delete()
        stand(*Article.objects.newest_first()[: 1 + len(headlines) // 3])
        with CaptureQueriesContext(connection) as queries:
            editor.get(FRONT)
        asked.append(len(queries))

    assert asked[0] == asked[1] <= 12


@pytest.mark.django_db(transaction=True)
def test_of_two_editors_who_save_at_once_the_later_is_refused():
    one, two = stories("One", "Two")
    front, seen = FrontPageStory.objects, [None] * 4

    def late() -> None:
        with closing(connection):
            front.arrange([two.pk, one.pk, None, None], seen)

    with ThreadPoolExecutor(1) as other:
        with transaction.atomic():
            front.arrange([one.pk, two.pk, None, None], seen)
            saving = other.submit(late)
            with pytest.raises(TimeoutError):
                saving.result(timeout=0.3)  # it waits for the first
        refusal = saving.exception()

    assert isinstance(refusal, ValidationError)
    assert standing() == ["One", "Two", None, None]


@pytest.mark.django_db(transaction=True)
def test_editor_drags_stories_to_places_and_chooses_by_keyboard(live_server, chromium):
    stories("One", "Two", "Three", "Tides at night")
    stand(Article.objects.get(headline="Three"))
    make_user("editor", *ARRANGER)
    with visitor(chromium, live_server.url, viewport={"width": 1280, "height": 900}) as browser:
        page = browser.new_page()
        page.goto("/admin/login/?next=/admin/")
        page.get_by_label("Username").fill("editor")
        page.get_by_label("Password").fill("harbour-lights")
        page.get_by_label("Password").press("Enter")
        page.get_by_role("link", name="Arrange the front page").click()
        place, status = page.locator("[data-place]"), page.locator("[data-front-said]")

        page.get_by_role("heading", name="One").drag_to(place.nth(0))
        expect(status).to_have_text("“One” is put in 1 · Lead. It is not saved yet.")
        page.get_by_label("Place of “Two”").select_option("2")
        page.get_by_role("heading", name="One").drag_to(place.nth(1))
        page.get_by_role("searchbox", name=re.compile("Words of a story")).fill("tides")
        page.get_by_role("button", name="Find").click()
        page.get_by_label("Place of “Tides at night”").select_option("4")
        page.get_by_role("button", name="Save the front page").click()

        expect(page.get_by_text("The front page stands as you have arranged it.")).to_be_visible()
    assert standing() == ["Two", "One", None, "Tides at night"]
