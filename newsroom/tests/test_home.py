"""The newsroom's first page: what waits for whom, and that every number leads to the rows it counts."""

from datetime import timedelta

import pytest
from django.contrib.auth.models import Group
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from articles.models import Article, Image, Sitting
from articles.models.record import snapshot
from articles.tests.build import make_article, make_user
from licensing.tests.build import make_order
from mail.tasks import deliver
from newsroom import home
from newsroom.jobs import defer

pytestmark = pytest.mark.django_db
MOST = 12  # queries
HOUR, DAY = timedelta(hours=1), timedelta(days=1)
OF_STORIES = {
    "Sent back to you": 1, "Your own, not yet in print": 1, "In review": 2, "Overdue": 1, "Given to somebody": 1, "Scheduled": 2, "Under embargo": 2,
    "To be withdrawn": 1, "Working copies to publish": 1,
}  # fmt: skip
OF_PICTURES = {"Pictures without alternative text": 1, "Pictures without a credit": 2, "Pictures whose rights are unknown": 2}
OF_ORDERS = {"Orders to decide": 1, "Orders waiting for payment": 1}


def member(role: str) -> Client:
    client, user = Client(), make_user(role)
    user.groups.add(Group.objects.get(name=role))
    client.force_login(user)
    client.user = user
    return client


def busy(user) -> None:
    """Fill the desk: of every kind something that waits, and beside it what does not."""
    now, ada = timezone.now(), make_user("ada")
    sent_back = make_article("Sent back", created_by=user)
    sent_back.submit()
    sent_back.send_back("The mate is not named.", by=ada)
    make_article("Draft of somebody else", created_by=ada)
    for due_at in (now - HOUR, None):
        in_review = make_article("In review", due_at=due_at, assigned_to=ada if due_at else None)
        in_review.submit()
    make_article("Embargoed draft", embargoed_until=now + DAY)
    make_article("Scheduled", published_at=now + 2 * DAY, publish=True)
    make_article("Embargoed", embargoed_until=now + DAY, publish=True)
    make_article("Leaving", publish=True).withdraw("In doubt.", at=now + DAY)
    make_article("Gone", publish=True).withdraw("In doubt.")
    rewritten = make_article("In print", publish=True)
    rewritten.keep(snapshot(rewritten) | {"headline": "In print, better"}, by=user)
    for report in ("It was eleven minutes.", "The mate is a woman."):
        rewritten.error_reports.create(text=report)
    rewritten.error_reports.first().settle("Corrected.", by=ada)
    Image.objects.bulk_create(
        Image(short_id=f"22222{number}", alt_text=alt_text, credit=credit, copyright_holder=holder)
        for number, (alt_text, credit, holder) in enumerate([("", "", ""), ("The quay", "", ""), ("The quay", "Owen Strand", "The Halyard")])
    )
    Sitting.objects.hear("a", user, None, typed={"headline": ["Ferry ea"]})
    for state in ("REQUESTED", "ACCEPTED"):
        make_order(state)
    with connection.cursor() as cursor:
        cursor.execute("UPDATE procrastinate_jobs SET status = 'failed' WHERE id = %s", [defer(deliver, message=0)])


def waiting(client: Client) -> dict[str, int]:
    return {task.words: count for task, count in client.get("/admin/").context["waiting"]}


def test_every_number_leads_to_the_rows_that_it_counts():
    administrator = member("Administrator")
    busy(administrator.user)

    with CaptureQueriesContext(connection) as asked:
        page = administrator.get("/admin/")

    assert len(asked) <= MOST
    counts = {task.words: count for task, count in page.context["waiting"]}
    assert counts == OF_STORIES | OF_PICTURES | {"Errors reported by readers": 1} | OF_ORDERS | {"Failed jobs": 1}
    for task, count in page.context["waiting"]:
        listed = administrator.get(task.address)
        assert (listed.status_code, listed.context["cl"].result_count) == (200, count), task.words
        assert {row.pk for row in listed.context["cl"].result_list} == {row.pk for row in task.rows}, task.words
        assert task.address.replace("&", "&amp;") in page.text


def test_reporter_sees_their_own_work_and_nothing_of_others():
    reporter = member("Reporter")
    busy(reporter.user)
    others = Article.objects.get(headline="Draft of somebody else")
    others.keep(snapshot(others), by=reporter.user)  # it was theirs then
    given = make_article("Given", due_at=timezone.now() - HOUR, assigned_to=reporter.user)

    page = reporter.get("/admin/")

    assert {task.words: count for task, count in page.context["waiting"]} == {"Sent back to you": 1, "Your own, not yet in print": 2}
    assert [story.headline for story in page.context["own"]] == [given.headline, "Sent back"]
    assert "Sent back: The mate is not named." in page.text
    assert "was due" in page.text
    assert "Ferry ea" in page.text
    assert [chart.words for chart in page.context["charts"]] == ["Stories published"]
    for secret in ("Draft of somebody else", "In review", "Embargoed", "Scheduled", "Leaving", "Rights desk", "Arrange the front page"):
        assert secret not in page.text


def test_each_role_is_told_of_what_it_does():
    picture_editor, rights_manager, sub = member("Picture editor"), member("Rights manager"), member("Sub-editor")
    busy(make_user("writer"))

    own = {"Sent back to you", "Your own, not yet in print"}
    assert waiting(picture_editor) == OF_PICTURES
    assert waiting(rights_manager) == OF_PICTURES | OF_ORDERS
    assert waiting(sub).keys() == (OF_STORIES.keys() - own) | OF_PICTURES.keys() | {"Errors reported by readers"}


def test_nobody_is_told_of_nothing_in_one_quiet_sentence():
    reporter = member("Reporter")
    Sitting.objects.hear("b", make_user("other"), None, typed={"headline": ["Ferry ea"]})

    page = reporter.get("/admin/").text

    assert "Nothing waits for you." in page
    assert "Write a story" in page
    assert "Typed and not saved" not in page


def test_many_are_not_counted_to_the_end(monkeypatch):
    monkeypatch.setattr(home, "MOST", 1)
    editor = member("Editor")
    for _ in range(3):
        make_article().submit()

    assert waiting(editor) == {"In review": 2}
    assert "Over 1" in editor.get("/admin/").text


def test_what_comes_next_and_what_was_last_saved_stand_in_their_order():
    editor, now = member("Editor"), timezone.now()
    make_article("Later", published_at=now + 2 * DAY, publish=True)
    make_article("Leaving", publish=True).withdraw("In doubt.", at=now + DAY)
    make_article("Embargoed", embargoed_until=now + HOUR, publish=True)
    first, second = make_article("First"), make_article("Second")
    for article in (first, second, first):
        article.keep(snapshot(article), by=editor.user)

    page = editor.get("/admin/")

    assert [story.headline for story in page.context["coming"]] == ["Embargoed", "Leaving", "Later"]
    assert [story.headline for story in page.context["last"]] == ["First", "Second"]


def test_charts_count_by_the_days_and_weeks_of_the_publication():
    editor, now = member("Editor"), timezone.localtime()
    for moment in (now, now, now.replace(hour=12) - 27 * DAY, now.replace(hour=12) - 28 * DAY):
        article = make_article(f"Ferry of {moment}", published_at=moment, publish=True)
    make_article("Scheduled", published_at=now + DAY, publish=True)
    article.error_reports.create(text="It was eleven minutes.")
    article.error_reports.create(text="It was in May.")
    article.error_reports.filter(text="It was in May.").update(reported_at=now - timedelta(weeks=12))

    published, reported = editor.get("/admin/").context["charts"]

    assert [bar.count for bar in published.bars] == [1, *[0] * 26, 2]
    assert [bar.count for bar in reported.bars] == [*[0] * 11, 1]
    assert (published.bars[-1].height, published.bars[1].height) == (50, 0)
    assert Article.objects.public().count() == 4
