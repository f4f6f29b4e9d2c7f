"""Readers report errors; the desk settles them."""

from datetime import timedelta

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.utils import timezone

from articles.models import ErrorReport
from articles.tests.build import make_article, make_user
from articles.tests.newsroom import change_url, sign_in
from articles.tests.test_pages import text_of
from articles.views import REPORTS

pytestmark = pytest.mark.django_db

HERE = {"HTTP_SEC_FETCH_SITE": "same-origin"}
DESK = ("articles.view_article", "articles.view_errorreport", "articles.change_errorreport")


def report(client, article, text="The ferry is the Lyle.", **more):
    return client.post(f"/s/{article.short_id}/report/", {"text": text} | more, **HERE)


def make_report(article=None, text="The ferry is the Lyle.", **fields) -> ErrorReport:
    return ErrorReport.objects.create(article=article or make_article(publish=True), text=text, **fields)


# --- The reader's form


def test_report_lands_in_the_queue_and_its_reader_is_thanked(client):
    article = make_article("Ferry late", publish=True)

    answer = client.post(
        f"/s/{article.short_id}/report/", {"text": "It is the Lyle.\nNot the Maid.", "email": "ann@example.org"}, **HERE, follow=True
    )

    assert list(ErrorReport.objects.open().values_list("article", "text", "email")) == [
        (article.pk, "It is the Lyle.\nNot the Maid.", "ann@example.org")
    ]
    assert answer.redirect_chain == [(f"/s/{article.short_id}/reported/", 302)]
    assert "Thank you. The desk has it" in text_of(answer)


def test_report_is_taken_as_it_is_pasted(client):
    lines = "\r\n".join(["x" * 99] * 20)  # as a browser sends 1,999 letters
    pasted = "\ufeffDonau\u00addampf,\u2009drei\u3000Wörter\u200e"

    answers = [report(client, make_article(publish=True), text) for text in (lines, pasted)]

    assert [answer.status_code for answer in answers] == [302, 302]
    assert set(ErrorReport.objects.values_list("text", flat=True)) == {lines.replace("\r", ""), "Donaudampf, drei Wörter"}


def test_story_leads_to_the_form(client):
    article = make_article("Ferry late", publish=True)

    page = client.get(article.get_absolute_url())
    form = client.get(f"/s/{article.short_id}/report/")

    assert f'<a href="/s/{article.short_id}/report/">Report an error in this story</a>' in page.content.decode()
    assert "The desk reads every report about Ferry late" in text_of(form)
    assert 'content="noindex"' in form.content.decode()
    assert form.cookies == {}


@pytest.mark.parametrize(
    ("typed", "complaint"),
    [
        ({"text": ""}, "Write what is wrong."),
        ({"text": "  \n "}, "Write what is wrong."),
        ({"text": "a" * 2001}, "Write it in at most 2,000 letters."),
        ({"text": "a\0b"}, "Null characters are not allowed."),
        ({"text": "a\x1bb"}, "Write this without special characters."),
        ({"text": "a", "email": "nobody"}, "This is not a mail address"),
        ({"text": "a", "email": "a\0@example.org"}, "Null characters are not allowed."),
        ({"text": "a", "email": f"{'a' * 250}@example.org"}, "This is not a mail address"),
    ],
)
def test_what_the_desk_could_not_read_is_refused_in_words_and_stays_in_the_form(client, typed, complaint):
    answer = report(client, make_article(publish=True), **typed)

    assert answer.status_code == 400
    assert complaint in text_of(answer)
    assert not ErrorReport.objects.exists()


def test_longest_report_fits(client):
    answer = report(client, make_article(publish=True), "a" * 2000)

    assert answer.status_code == 302
    assert len(ErrorReport.objects.get().text) == 2000


def test_stories_that_readers_cannot_see_take_no_reports(client):
    withdrawn = make_article("Withdrawn", publish=True)
    withdrawn.withdraw("It was wrong.")
    later = timezone.now() + timedelta(days=1)
    hidden = [withdrawn, make_article("Draft"), make_article("Scheduled", published_at=later, publish=True)]
    hidden.append(make_article("Embargoed", embargoed_until=later, publish=True))

    for article in hidden:
        answers = [client.get(f"/s/{article.short_id}/report/"), report(client, article), client.get(f"/s/{article.short_id}/reported/")]
        assert [answer.status_code for answer in answers] == [404] * 3
        assert article.headline not in answers[0].content.decode()
    assert not ErrorReport.objects.exists()


@pytest.mark.parametrize("origin", [{}, {"HTTP_SEC_FETCH_SITE": "cross-site"}, {"HTTP_ORIGIN": "https://elsewhere.example"}])
def test_report_from_another_site_is_refused(client, origin):
    article = make_article(publish=True)

    assert client.post(f"/s/{article.short_id}/report/", {"text": "Wrong."}, **origin).status_code == 403
    assert not ErrorReport.objects.exists()


def test_machine_that_fills_in_every_field_is_answered_as_always(client):
    article = make_article(publish=True)

    answer = report(client, article, website="https://spam.example")

    assert answer.status_code == 302
    assert not ErrorReport.objects.exists()


def test_so_many_reports_an_hour_and_no_more(client):
    article = make_article(publish=True)

    answers = [report(client, article, f"Wrong {number}.") for number in range(REPORTS + 1)]

    assert [answer.status_code for answer in answers] == [302] * REPORTS + [429]
    assert "Please wait an hour" in text_of(answers[-1])
    assert "Wrong 10." in answers[-1].content.decode()
    assert ErrorReport.objects.count() == REPORTS


def test_other_methods_are_refused(client):
    article = make_article(publish=True)

    assert [client.delete(f"/s/{article.short_id}/report/", **HERE).status_code, client.post(f"/s/{article.short_id}/reported/").status_code] == [
        405
    ] * 2


# --- The desk


def test_settled_report_leaves_the_queue_with_its_answer():
    row, chief = make_report(), make_user("chief")

    row.settle("  Corrected. ", by=chief)

    row.refresh_from_db()
    assert (row.answer, row.settled_by) == ("Corrected.", chief)
    assert list(ErrorReport.objects.open()) == []
    with pytest.raises(ValidationError, match="settled already"):
        ErrorReport.objects.get().settle("Again.", by=chief)


def test_nothing_is_settled_without_a_word():
    row = make_report()

    with pytest.raises((ValidationError, IntegrityError)), transaction.atomic():
        row.settle("  ", by=make_user("chief"))
    assert list(ErrorReport.objects.open()) == [row]


def test_desk_sees_what_is_open_first_and_the_rest_when_asked():
    row, chief = make_report(text="Open one."), make_user("chief")
    make_report(row.article, "Old one.").settle("Corrected.", by=chief)
    desk = sign_in("sub", *DESK)

    shown = {state: desk.get(f"/admin/articles/errorreport/{state}").content.decode() for state in ("", "?state=settled", "?state=all")}

    assert [("Open one." in page, "Old one." in page) for page in shown.values()] == [(True, False), (False, True), (True, True)]


def test_desk_settles_a_report_with_a_word():
    row, desk = make_report(), sign_in("sub", *DESK)
    url = f"/admin/articles/errorreport/{row.pk}/change/"

    refused, settled = desk.post(url, {"answer": ""}), desk.post(url, {"answer": "Right as it stands."})

    row.refresh_from_db()
    assert "This field is required." in refused.content.decode()
    assert settled.status_code == 302
    assert (row.answer, row.settled_by.username, row.text) == ("Right as it stands.", "sub", "The ferry is the Lyle.")
    assert desk.post(url, {"answer": "Something else."}).status_code == 403
    row.refresh_from_db()
    assert row.answer == "Right as it stands."


@pytest.mark.parametrize("permissions", [(), ("articles.view_errorreport",), ("articles.view_article",)])
def test_queue_is_for_those_who_may_see_reports_and_stories(permissions):
    row, desk = make_report(), sign_in("sub", *permissions)

    assert desk.get("/admin/articles/errorreport/").status_code == 403
    assert desk.get(f"/admin/articles/errorreport/{row.pk}/change/").status_code in {302, 403}


def test_who_may_only_look_settles_nothing():
    row, desk = make_report(), sign_in("sub", *DESK[:2])

    assert desk.get(f"/admin/articles/errorreport/{row.pk}/change/").status_code == 200
    assert desk.post(f"/admin/articles/errorreport/{row.pk}/change/", {"answer": "Corrected."}).status_code == 403
    assert list(ErrorReport.objects.open()) == [row]


def test_reports_are_neither_written_nor_thrown_away_by_hand():
    row, chief = make_report(), sign_in("chief", is_superuser=True)

    assert chief.get("/admin/articles/errorreport/add/").status_code == 403
    assert chief.post(f"/admin/articles/errorreport/{row.pk}/delete/", {"post": "yes"}).status_code == 403


def test_what_a_reader_wrote_is_text_in_the_newsroom():
    row, desk = make_report(text="<script>alert(1)</script>"), sign_in("sub", *DESK)

    for page in ("/admin/articles/errorreport/", f"/admin/articles/errorreport/{row.pk}/change/"):
        assert "<script>alert(1)" not in desk.get(page).content.decode()
        assert "&lt;script&gt;alert(1)" in desk.get(page).content.decode()


def test_form_of_a_story_leads_to_its_open_reports():
    row, desk = make_report(), sign_in("sub", *DESK, "articles.change_article", "articles.correct_article")
    make_report(text="Of another story.")

    offered = "Errors reported" in desk.get(change_url(row.article)).content.decode()
    queue = desk.get(f"/admin/articles/errorreport/?article__id__exact={row.article_id}").content.decode()
    row.settle("Corrected.", by=make_user("chief"))

    assert offered
    assert ("The ferry is the Lyle." in queue, "Of another story." in queue) == (True, False)
    assert "Errors reported" not in desk.get(change_url(row.article)).content.decode()
