"""The newsletter of the day: what is in it, when it is made, who gets it, and what is left of it when a story is withdrawn."""

import re
from datetime import UTC, date, datetime, time, timedelta

import pytest
from django.utils import timezone
from procrastinate.contrib.django.models import ProcrastinateJob

from articles.tests.build import make_article
from articles.tests.races import at_once
from mail.models import Message
from newsletters.models import MOST_STORIES, Issue, closing
from newsletters.tasks import send_newsletter
from newsletters.tests.build import CLOSING, INES, make_issue, make_story, make_subscription

pytestmark = pytest.mark.django_db
MINUTE, DAY = timedelta(minutes=1), timedelta(days=1)
ADDRESS = "/newsletter/2024/06/11/"


def headlines(issue: Issue | None) -> list[str]:
    """Return what was chosen, whether or not readers can see it."""
    return [row.article.headline for row in issue.issue_stories.all()] if issue else []


def in_the_morning(story_at: datetime, **fields):
    return make_article(fields.pop("headline", "Ferry late"), published_at=story_at, publish=True, **fields)


# --- What is in it


def test_first_newsletter_has_the_stories_of_a_day_the_newest_first():
    make_story("Too old", minutes=24 * 60)
    make_story("Second", minutes=23 * 60)
    make_story("First", minutes=0)
    in_the_morning(CLOSING + MINUTE, headline="Too late")
    make_article("Draft", published_at=CLOSING - MINUTE)
    make_story("Withdrawn", minutes=5).withdraw("In doubt.")

    assert headlines(Issue.objects.make(CLOSING + 5 * MINUTE)) == ["First", "Second"]


def test_next_newsletter_goes_on_where_the_last_one_closed():
    make_story("In the first", minutes=0)
    Issue.objects.make(CLOSING)
    in_the_morning(CLOSING + MINUTE, headline="In the second")

    assert headlines(Issue.objects.make(CLOSING + DAY)) == ["In the second"]


def test_story_counts_from_the_moment_that_it_became_visible():
    make_story("Embargo over", minutes=3 * 24 * 60, embargoed_until=CLOSING - MINUTE)
    make_story("Embargo of old", minutes=3 * 24 * 60, embargoed_until=CLOSING - 2 * DAY)
    make_story("Embargo still on", minutes=5, embargoed_until=timezone.now() + DAY)

    assert headlines(Issue.objects.make(CLOSING)) == ["Embargo over"]


def test_story_is_in_one_newsletter_only_also_when_its_date_moves():
    story = make_story()
    first = Issue.objects.make(CLOSING)
    story.move(published_at=CLOSING + 2 * MINUTE)

    second = Issue.objects.make(CLOSING + DAY)

    assert (headlines(first), second) == (["Ferry late for the fortieth time"], None)


def test_newsletter_has_so_many_stories_and_no_more():
    for number in range(MOST_STORIES + 2):
        make_story(f"Story {number}", minutes=number)

    assert headlines(Issue.objects.make(CLOSING)) == [f"Story {number}" for number in range(MOST_STORIES)]


# --- When it is made


@pytest.mark.parametrize(
    ("at", "made"),
    [
        (datetime(2024, 6, 11, 16, 29, 59, tzinfo=UTC), False),  # summer: 17.29 in London
        (datetime(2024, 6, 11, 16, 30, tzinfo=UTC), True),
        (datetime(2024, 6, 11, 22, 59, tzinfo=UTC), True),
        (datetime(2024, 6, 12, 4, 31, tzinfo=UTC), False),  # half a day late: its stories go into the next one
        (datetime(2024, 1, 11, 17, 29, tzinfo=UTC), False),  # winter
        (datetime(2024, 1, 11, 17, 30, tzinfo=UTC), True),
        (datetime(2024, 3, 31, 16, 29, tzinfo=UTC), False),  # the day on which summer time begins, and the one on which it ends
        (datetime(2024, 3, 31, 16, 30, tzinfo=UTC), True),
        (datetime(2024, 10, 27, 17, 29, tzinfo=UTC), False),
        (datetime(2024, 10, 27, 17, 30, tzinfo=UTC), True),
    ],
)
def test_newsletter_is_made_when_its_hour_strikes_on_the_papers_own_clock(at, made):
    in_the_morning(at - timedelta(hours=8))

    issue = Issue.objects.make(at)

    assert bool(issue) is made
    assert not issue or issue.day == timezone.localdate(at)


@pytest.mark.parametrize(
    ("day", "struck_at"),
    [
        (date(2024, 3, 31), datetime(2024, 3, 31, 1, 30, tzinfo=UTC)),  # 01.30 is left out that night
        (date(2024, 10, 27), datetime(2024, 10, 27, 0, 30, tzinfo=UTC)),  # and comes twice that night: the first counts
    ],
)
def test_hour_that_a_night_leaves_out_or_has_twice_strikes_once(settings, day, struck_at):
    settings.NEWSLETTER_TIME = time(1, 30)
    in_the_morning(struck_at - timedelta(hours=2))

    assert closing(day) == struck_at
    assert Issue.objects.make(struck_at - MINUTE) is None
    assert Issue.objects.make(struck_at).day == day
    assert Issue.objects.make(struck_at + timedelta(hours=1)) is None


def test_day_without_news_has_no_newsletter_and_what_comes_after_the_hour_waits_for_the_next_day():
    assert Issue.objects.make(CLOSING) is None
    in_the_morning(CLOSING + 10 * MINUTE)

    assert Issue.objects.make(CLOSING + 15 * MINUTE) is None
    assert headlines(Issue.objects.make(CLOSING + DAY)) == ["Ferry late"]


def test_worker_that_was_late_makes_what_it_would_have_made_in_time():
    make_story("In time")
    in_the_morning(CLOSING + 60 * MINUTE, headline="Tomorrow")

    issue = Issue.objects.make(CLOSING + 120 * MINUTE)

    assert (headlines(issue), issue.closed_at) == (["In time"], CLOSING)


def test_worker_that_was_late_past_midnight_makes_the_newsletter_of_the_day_before(settings):
    settings.NEWSLETTER_TIME = time(23, 58)
    in_the_morning(CLOSING)

    issue = Issue.objects.make(datetime(2024, 6, 11, 23, 3, tzinfo=UTC))  # 00.03 of the 12th in London

    assert (issue.day, headlines(issue)) == (date(2024, 6, 11), ["Ferry late"])


@pytest.mark.django_db(transaction=True)
def test_made_twice_at_once_there_is_one():
    make_story()

    made = at_once(*[lambda: Issue.objects.make(CLOSING)] * 8)

    assert sorted(issue is not None for issue in made) == [False] * 7 + [True]
    assert [headlines(issue) for issue in Issue.objects.all()] == [["Ferry late for the fortieth time"]]


# --- Who gets it


def test_newsletter_is_written_to_active_readers_who_had_confirmed_by_then_once():
    for number in range(5):
        make_subscription(f"reader{number}@example.org", at=CLOSING)
    make_subscription("pending@example.org", "PENDING", at=CLOSING)
    make_subscription("left@example.org", "LEFT", at=CLOSING)
    make_subscription("too-late@example.org", at=CLOSING + MINUTE)
    issue = make_issue(make_story())

    rounds = [issue.write_to_next(2) for _ in range(5)]

    assert rounds == [True, True, True, False, False]
    assert sorted(Message.objects.values_list("to", flat=True)) == [f"reader{number}@example.org" for number in range(5)]
    assert Issue.objects.unfinished().count() == 0


def test_round_that_is_broken_off_is_as_if_it_had_not_begun(monkeypatch):
    for number in range(4):
        make_subscription(f"reader{number}@example.org", at=CLOSING)
    issue, written = make_issue(make_story()), []
    original = Issue._write_to

    def stumble(self, reader, stories):
        written.append(reader.email)
        if len(written) == 3:
            raise KeyboardInterrupt
        original(self, reader, stories)

    monkeypatch.setattr(Issue, "_write_to", stumble)
    with pytest.raises(KeyboardInterrupt):
        issue.write_to_next()
    before = Message.objects.count()
    issue.write_to_next()

    assert before == 0
    assert sorted(Message.objects.values_list("to", flat=True)) == [f"reader{number}@example.org" for number in range(4)]


@pytest.mark.django_db(transaction=True)
def test_two_workers_at_once_write_to_nobody_twice():
    for number in range(20):
        make_subscription(f"reader{number:02}@example.org", at=CLOSING)
    issue = make_issue(make_story())

    at_once(*[lambda: [issue.write_to_next(3) for _ in range(4)]] * 4)

    assert sorted(Message.objects.values_list("to", flat=True)) == [f"reader{number:02}@example.org" for number in range(20)]


@pytest.mark.django_db(transaction=True)
def test_job_makes_and_writes_todays_newsletter_and_goes_on_with_one_that_was_left(post_office, work, settings):
    make_subscription(at=CLOSING)
    left_behind = make_issue(make_story("Left behind"))
    settings.NEWSLETTER_TIME = timezone.localtime().time().replace(second=0, microsecond=0)  # it has just struck, whenever this is run
    in_the_morning(closing(timezone.localdate()) - MINUTE, headline="Today’s")

    for _ in range(2):
        send_newsletter.defer(timestamp=0)
        work()

    assert [mail["Subject"] for mail in post_office.to(INES)] == ["The Halyard: Left behind", "The Halyard: Today’s"]
    assert Issue.objects.get(pk=left_behind.pk).written_at
    assert set(ProcrastinateJob.objects.values_list("status", flat=True)) == {"succeeded"}


@pytest.mark.django_db(transaction=True)
def test_mail_has_the_stories_the_web_version_and_the_way_out_as_text_and_as_html(post_office, work):
    reader = make_subscription(at=CLOSING)
    first = make_story("Ferry & quay: <late>", minutes=1, kicker="Harbour watch", standfirst="Nobody looked at the clock.")
    second = make_story("Reservoir at its low mark", minutes=2)
    Issue.objects.make(CLOSING).write_to_next()
    work()

    [mail] = post_office.to(INES)
    text, html = (mail.get_body([kind]).get_content() for kind in ("plain", "html"))
    leave = f"http://localhost:8000/newsletter/leave/{reader.key}/"
    assert mail["Subject"] == "The Halyard: Ferry & quay: <late> and 1 more"
    assert (mail["List-Unsubscribe"].strip(), mail["List-Unsubscribe-Post"]) == (f"<{leave}>", "List-Unsubscribe=One-Click")
    assert mail["List-Id"] == "<newsletter.localhost>"
    for part in (text, html):
        addresses = re.findall(r"http://localhost:8000(/[\w/-]+)", part)
        links = [
            f"/newsletter{first.get_absolute_url()[:12]}",
            first.get_absolute_url(),
            second.get_absolute_url(),
            f"/newsletter/leave/{reader.key}/",
        ]
        assert [address for address in addresses if address in links] == links
        assert "You get this because you asked for it and confirmed it by mail." in part
        assert ("Harbour watch" in part, "Nobody looked at the clock." in part) == (True, True)
    assert ("Ferry & quay: <late>" in text, "Ferry &amp; quay: &lt;late&gt;" in html, "<late>" in html) == (True, True, False)


def test_story_that_was_withdrawn_before_the_mail_was_written_is_left_out():
    make_subscription(at=CLOSING)
    kept, gone = make_story("Kept"), make_story("Gone")
    issue = make_issue(gone, kept)
    gone.withdraw("In doubt.")

    issue.write_to_next()

    mail = Message.objects.get()
    assert mail.subject == "The Halyard: Kept"
    assert ("Gone" in mail.text, "Gone" in mail.html) == (False, False)


def test_newsletter_whose_stories_are_all_withdrawn_is_sent_to_nobody():
    make_subscription(at=CLOSING)
    story = make_story()
    issue = make_issue(story)
    story.withdraw("In doubt.")

    assert issue.write_to_next() is False
    assert (Message.objects.count(), Issue.objects.unfinished().count()) == (0, 0)


# --- The web version


def test_web_version_shows_the_stories_that_readers_can_see_now(client):
    first, gone, draft = make_story("First"), make_story("Gone"), make_article("Draft")
    make_issue(first, gone, draft)
    gone.withdraw("In doubt.")

    page = client.get(ADDRESS).content.decode()

    assert re.findall(r'row__headline"><a[^>]*>([^<]+)', page) == ["First"]
    assert "Tuesday 11 June 2024" in page
    assert ("Gone" in page, "Draft" in page) == (False, False)
    assert f'href="{ADDRESS}"' in client.get("/newsletter/").content.decode()


def test_web_version_of_stories_that_are_all_withdrawn_says_so(client):
    story = make_story("Gone")
    make_issue(story)
    story.withdraw("In doubt.")

    assert "have been withdrawn since" in client.get(ADDRESS).content.decode()


@pytest.mark.parametrize("address", ["/newsletter/2024/06/10/", "/newsletter/2024/13/11/", "/newsletter/2024/02/30/", "/newsletter/0000/01/01/"])
def test_day_without_a_newsletter_is_not_found(client, address):
    make_issue(make_story())

    assert client.get(address).status_code == 404


@pytest.mark.parametrize("count", [1, 3])
def test_web_version_takes_the_same_queries_however_many_stories(client, count, django_assert_num_queries):
    make_issue(*[make_story(f"Story {number}") for number in range(count)])

    with django_assert_num_queries(3):  # the newsletter, its stories with their pictures, the masthead
        client.get(ADDRESS)
