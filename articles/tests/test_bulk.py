"""What is done with many stories at once: each in a transaction of its own, and whatever happens, nothing of it is lost or done twice."""

import csv
from datetime import timedelta
from io import StringIO

import pytest
from django.contrib.auth import get_user_model
from django.urls import reverse
from django.utils import timezone

from articles.admin import story_actions
from articles.models import Article, BulkChange, bulk
from articles.models.bulk import BROKEN
from articles.tasks import carry_out, forget_bulk_changes
from articles.tests.browser import visitor
from articles.tests.build import make_article, make_bulk_change, make_figure, make_image, make_section, make_source, make_topic, make_user
from articles.tests.newsroom import EDITOR, save, sign_in
from articles.tests.races import at_once

pytestmark = pytest.mark.django_db
LIST = "/admin/articles/article/"
CHIEF = [*EDITOR, "articles.assign_article", "articles.view_bulkchange"]


@pytest.fixture
def chief():
    return sign_in("chief", *CHIEF, first_name="Ada", last_name="Palm")


def choose(client, action: str, *stories: Article, **more):
    """Choose stories in their list, and something to be done with them."""
    return client.post(LIST, {"action": action, "_selected_action": [story.pk for story in stories], **more})


def confirm(client, action: str, *stories: Article, **asked) -> BulkChange:
    """Choose stories, confirm what is to be done, and have it done."""
    client.post(choose(client, action, *stories).url, asked)
    change = BulkChange.objects.first()
    carry_out(change.pk)
    change.refresh_from_db()
    return change


def problems(change: BulkChange) -> dict[str, str]:
    return dict(change.stories.failed().values_list("article__headline", "problem"))


def test_stories_are_published_one_by_one_and_those_that_fail_are_listed_with_the_reason(chief):
    draft, scheduled = make_article("Draft"), make_article("Later", published_at=timezone.now() + timedelta(days=1))
    printed, damaged = make_article("Printed", publish=True), make_article("Damaged")
    Article.objects.filter(pk=damaged.pk).update(body="")

    asked = choose(chief, "publish_many", draft, scheduled, printed, damaged)
    page = chief.get(asked.url)
    change = confirm(chief, "publish_many", draft, scheduled, printed, damaged)
    shown = chief.get(f"/admin/articles/bulkchange/{change.pk}/change/").text

    assert "Draft: 3, Published: 1." in page.text
    assert {article.headline: article.state for article in Article.objects.all()} == {
        "Draft": "Published", "Later": "Scheduled", "Printed": "Published", "Damaged": "Draft",
    }  # fmt: skip
    assert problems(change) == {"Printed": "This story is in print already. Correct it instead.", "Damaged": "The story has no text yet."}
    assert (draft.events.get().words, str(draft.events.get().by)) == ("published", "chief")
    assert ("2 of 4 stories done, 2 failed." in shown, "The story has no text yet." in shown) == (True, True)
    assert change.state == "Done"


def test_worker_that_dies_loses_nothing_and_does_nothing_twice(monkeypatch):
    stories, publish = [make_article(f"Story {number}") for number in range(5)], Article.publish
    change = make_bulk_change(by=make_user("chief", *CHIEF))

    def dies(self, **options):
        publish(self, **options)
        if self.pk == stories[2].pk:
            raise SystemExit

    monkeypatch.setattr(Article, "publish", dies)
    with pytest.raises(SystemExit):
        carry_out(change.pk)
    assert BulkChange.objects.get().tally == {"total": 5, "waiting": 3, "done": 2, "failed": 0}
    assert Article.objects.public().count() == 2
    monkeypatch.setattr(Article, "publish", publish)
    carry_out(change.pk)
    carry_out(change.pk)

    assert [[event.words for event in story.events.all()] for story in stories] == [["published"]] * 5
    assert (BulkChange.objects.get().tally["done"], BulkChange.objects.get().state) == (5, "Done")


@pytest.mark.django_db(transaction=True)
def test_two_workers_at_one_change_do_each_story_once():
    for number in range(12):
        make_article(f"Story {number}")
    change = make_bulk_change("GIVE", by=make_user("chief", *CHIEF), to=None)

    assert at_once(*[lambda: carry_out(change.pk)] * 2) == [None, None]

    assert BulkChange.objects.get().tally == {"total": 12, "waiting": 0, "done": 12, "failed": 0}
    assert {story.events.count() for story in Article.objects.all()} == {1}


def test_what_breaks_holds_up_no_other_story_and_is_tried_again(chief, monkeypatch, caplog):
    first, second = make_article("First"), make_article("Second")
    publish = Article.publish
    monkeypatch.setattr(Article, "publish", lambda self, **options: 1 / 0 if self.pk == second.pk else publish(self, **options))

    change = confirm(chief, "publish_many", first, second)
    broken = problems(change)
    monkeypatch.setattr(Article, "publish", publish)
    chief.post(f"/admin/articles/bulkchange/{change.pk}/step/", {"step": "go_on"})
    carry_out(change.pk)

    assert (broken, "ZeroDivisionError" in caplog.text) == ({"Second": BROKEN}, True)
    assert (problems(change), Article.objects.public().count()) == ({}, 2)


def test_whoever_may_not_do_it_any_more_does_it_no_more():
    draft, printed = make_article("Draft"), make_article("Printed", publish=True)
    sub = make_user("sub", "articles.change_article")
    section = make_section("City")
    publishing, moving = make_bulk_change(by=sub), make_bulk_change("MOVE", by=sub, section=section.slug)

    carry_out(publishing.pk), carry_out(moving.pk)

    said = "sub may not do this with this story."
    assert (problems(publishing), problems(moving)) == ({"Draft": said, "Printed": said}, {"Printed": said})
    assert [Article.objects.get(pk=story.pk).section for story in (draft, printed)] == [section, printed.section]


def test_topics_and_section_change_in_print_and_in_the_working_copy_and_nothing_else_does(chief):
    old, new, city = make_topic("Ferry"), make_topic("Ferries"), make_section("City")
    story, draft = make_article("Printed", topics=[old], publish=True), make_article("Draft", topics=[old])
    save(chief, story, headline="Printed, better")

    tagged = confirm(chief, "tag_many", story, draft, add=[new.pk], remove=[old.pk])
    moved = confirm(chief, "move_many", story, draft, section=city.pk)

    assert (str(tagged), str(moved), problems(tagged)) == ("Add Ferries; Take away Ferry", "Move to City", {})
    for each in (story, draft):
        each.refresh_from_db()
        assert ([*each.topics.all()], each.section) == ([new], city)
        assert [event.words for event in each.events.all()][-2:] == ["topic Ferries added, topic Ferry taken away", "moved to City"]
    assert (story.headline, story.working_copy.story["headline"]) == ("Printed", "Printed, better")
    assert (story.working_copy.story["topics"], story.working_copy.story["section"]) == (["ferries"], "city")
    assert (story.revisions.printed().last().event, draft.revisions.last().event) == ("CHANGED", "SAVED")


def test_stories_are_withdrawn_with_a_reason_and_given_to_somebody(chief):
    story, draft, due = make_article("Printed", publish=True), make_article("Draft"), timezone.now()
    Article.objects.filter(pk=draft.pk).update(due_at=due)

    withdrawn = confirm(chief, "withdraw_many", story, reason="It was a hoax.", at_0="", at_1="")
    given = confirm(chief, "give_many", draft, to=make_user("sub").pk)

    story.refresh_from_db(), draft.refresh_from_db()
    assert (withdrawn.tally["done"], story.status, story.withdrawal_reason) == (1, "WITHDRAWN", "It was a hoax.")
    assert (str(given), draft.assigned_to.username, draft.due_at) == ("Give to sub", "sub", due)


def test_nothing_begins_before_it_is_confirmed_and_it_begins_once(chief):
    draft = make_article()
    asked = choose(chief, "move_many", draft)

    refused = chief.post(asked.url, {"section": "999"})
    carry_out(BulkChange.objects.get().pk)

    assert refused.context["form"].errors
    assert BulkChange.objects.get().state == "Not confirmed"
    chief.post(asked.url, {"section": make_section("City").pk})
    chief.post(asked.url, {"section": make_section("Sport").pk})
    assert str(BulkChange.objects.get()) == "Move to City"


def test_it_is_stopped_by_others_and_goes_on_for_who_asked_only(chief):
    make_article()
    change = make_bulk_change(by=make_user("asked", *CHIEF))
    step = reverse("admin:articles_bulkchange_step", args=[change.pk])

    chief.post(step, {"step": "stop"})
    carry_out(change.pk)

    assert (BulkChange.objects.get().state, Article.objects.public().count()) == ("Stopped", 0)
    assert "left alone" in chief.get(f"/admin/articles/bulkchange/{change.pk}/progress/").json()["words"]
    assert [chief.post(step, {"step": what}).status_code for what in ("go_on", "dance")] == [403, 400]


def test_all_that_match_are_chosen_but_not_more_than_can_be_watched(chief, monkeypatch):
    monkeypatch.setattr(bulk, "MOST", 2)
    stories = [make_article(f"Story {number}") for number in range(2)]
    make_article("Printed", publish=True)

    chief.post(f"{LIST}?status__exact=DRAFT", {"action": "publish_many", "_selected_action": [stories[0].pk], "select_across": "1"})
    too_many = chief.post(LIST, {"action": "publish_many", "_selected_action": [stories[0].pk], "select_across": "1"}, follow=True)

    assert {row.article for row in BulkChange.objects.get().stories.all()} == set(stories)
    assert "That is more than 2 stories." in too_many.text


def test_what_nobody_confirmed_and_what_is_long_done_is_forgotten():
    make_article()
    sub = make_user()
    changes = [make_bulk_change(by=sub, begin=False), make_bulk_change(by=sub), make_bulk_change(by=sub)]
    BulkChange.objects.update(made_at=timezone.now() - timedelta(days=2))
    BulkChange.objects.filter(pk=changes[1].pk).update(finished_at=timezone.now() - timedelta(days=91))

    forget_bulk_changes(0)

    assert [change.pk for change in BulkChange.objects.all()] == [changes[2].pk]


def test_list_is_narrowed_to_who_does_a_story(chief):
    mine, other = make_article("Mine"), make_article("Other")
    make_article("Free")
    mine.assign(get_user_model().objects.get(username="chief")), other.assign(make_user("sub"))

    listed = {value: {story.headline for story in chief.get(f"{LIST}?given={value}").context["cl"].queryset} for value in ("me", "anybody", "nobody")}

    assert listed == {"me": {"Mine"}, "anybody": {"Mine", "Other"}, "nobody": {"Free"}}


# --- In a spreadsheet


def test_stories_are_listed_in_a_file_and_no_cell_is_taken_for_a_formula(chief, settings, monkeypatch):
    monkeypatch.setattr(story_actions, "CHUNK", 2)
    settings.SITE_URL = "https://halyard.example"
    story = make_article(
        "=HYPERLINK(1)", authors=["Ines Calloway"], topics=["Ferries", "Clocks"], source=make_source(), published_at=timezone.now(), publish=True
    )
    make_figure(story, image=make_image())
    others = [make_article(f"Draft {number}") for number in range(4)]

    answer = choose(chief, "export_csv", story, *others)

    heads, *rows = csv.reader(StringIO(b"".join(answer).decode().removeprefix("\ufeff"), newline=""))
    found = dict(zip(heads, rows[-1], strict=True))
    assert [row[2] for row in rows] == ["Draft 3", "Draft 2", "Draft 1", "Draft 0", "'=HYPERLINK(1)"]
    assert (found["address"], found["status"], found["topics"]) == (
        f"https://halyard.example{story.get_absolute_url()}",
        "Published",
        "Clocks; Ferries",
    )
    assert (found["permanent address"], found["byline"]) == (f"https://halyard.example/s/{story.short_id}/", "Ines Calloway")
    assert (found["source"], found["terms"], found["pictures"]) == ("The Halyard", "On request: the rights desk decides", "1")
    assert rows[0][0] == ""


def test_file_takes_as_many_queries_however_many_stories_there_are(chief, django_assert_num_queries):
    for number in range(3):
        make_article(f"Story {number}", topics=[f"Topic {number}"])

    with django_assert_num_queries(3):  # stories, their topics, and that there are no more
        list(story_actions._rows(Article.objects.all()))


def test_reporter_gets_no_menu():
    client = sign_in("reporter", "articles.write_article")
    story = make_article(created_by=None)

    answers = [choose(client, action, story) for action in story_actions.StoryActions.actions]

    assert not BulkChange.objects.exists()
    assert "text/csv" not in {answer["Content-Type"] for answer in answers}


# --- In a browser


def test_page_follows_the_job_by_itself(chromium, live_server, work):
    make_article("First"), make_article("Second", publish=True)
    chief = sign_in("chief", is_superuser=True)
    change = make_bulk_change(by=get_user_model().objects.get())
    cookie = {"name": "session", "value": chief.cookies["session"].value, "url": live_server.url}

    with visitor(chromium, live_server.url) as context:
        context.add_cookies([cookie])
        page = context.new_page()
        page.goto(f"/admin/articles/bulkchange/{change.pk}/change/")
        before = page.locator(".bulk__words").inner_text()
        work()
        page.get_by_role("button", name="Try the failed ones again").wait_for()

        assert (before, page.locator(".bulk__words").inner_text()) == ("0 of 2 stories done.", "1 of 2 stories done, 1 failed.")
        assert "This story is in print already" in page.locator(".bulk__failed").inner_text()
