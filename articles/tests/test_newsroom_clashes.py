"""Two people at one story, and what the record keeps of changes that are no corrections."""

import time
from datetime import UTC, datetime, timedelta
from threading import Event, Thread

import pytest
from django.contrib.contenttypes.models import ContentType
from django.core.exceptions import ValidationError
from django.db import connection, transaction
from django.utils import timezone

from articles.models import Article, FrontPageStory, Revision
from articles.tests.build import make_article, make_section, make_user
from articles.tests.newsroom import EDITOR, WRITER, change_url, complaints, filled_in, print_changes, save, sign_in


@pytest.mark.django_db
def test_second_editor_is_told_that_the_first_has_saved_and_loses_nothing():
    article = make_article("Ferry late")
    first, second = sign_in("first", *EDITOR), sign_in("second", *EDITOR)
    typed = filled_in(second, change_url(article)) | {"headline": "Ferry late again"}
    save(first, article, body="<p>The harbour master was acquitted.</p>")

    refused = second.post(change_url(article), typed)

    assert "Somebody else has saved this story" in complaints(refused)[0]
    assert "Ferry late again" in refused.content.decode()
    assert "acquitted" in Article.objects.get().body
    second.post(change_url(article), typed | {"seen": refused.context["adminform"].form["seen"].value()})
    assert Article.objects.get().headline == "Ferry late again"


@pytest.mark.django_db(transaction=True)
def test_form_that_waits_for_a_withdrawal_does_not_undo_it(client):
    article = make_article(publish=True)
    editor = sign_in("editor", *EDITOR)
    typed, held = filled_in(editor, change_url(article)), Event()

    def withdraw():
        with transaction.atomic():
            Article.objects.get(pk=article.pk).withdraw("A court has ordered it.", is_legal_takedown=True)
            held.set()
            time.sleep(1)
        connection.close()

    def save_form():
        held.wait(10)
        editor.post(change_url(article), typed)
        connection.close()

    threads = [Thread(target=withdraw), Thread(target=save_form)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert Article.objects.get().status == Article.Status.WITHDRAWN
    assert client.get(article.get_absolute_url()).status_code == 451


@pytest.mark.django_db
def test_section_and_terms_changed_in_print_are_kept_in_the_record():
    article = make_article(publish=True)
    editor = sign_in("editor", *EDITOR)

    print_changes(editor, article, section=make_section("City").pk, syndication="NONE")
    print_changes(editor, article)

    assert [revision.event for revision in article.revisions.all()] == [Revision.Event.PUBLISHED, Revision.Event.CHANGED]
    assert article.revisions.last().story["section"] == "city"


@pytest.mark.django_db
def test_writer_cannot_touch_a_withdrawn_story(client):
    article = make_article(publish=True)
    article.withdraw("The document was not authentic.")
    writer = sign_in("writer", *WRITER)

    writer.post(
        change_url(article),
        filled_in(sign_in("editor", *EDITOR), change_url(article)) | {"embargoed_until_0": "2031-01-01", "embargoed_until_1": "09:00"},
    )

    assert client.get(article.get_absolute_url()).status_code == 410


@pytest.mark.django_db
def test_withdrawn_story_keeps_its_page_whatever_its_dates(client):
    article = make_article(publish=True)
    article.withdraw("The document was not authentic.")

    refused = save(sign_in("editor", *EDITOR), article, embargoed_until_0="2031-01-01", embargoed_until_1="09:00")

    assert complaints(refused) == ["This story was withdrawn before that moment. Publish it again first."]
    assert client.get(article.get_absolute_url()).status_code == 410


@pytest.mark.django_db
@pytest.mark.parametrize("field", ["published_at", "embargoed_until"])
@pytest.mark.parametrize("year", [1, 9999])
def test_moment_that_no_address_can_hold_is_refused(field, year):
    with pytest.raises(ValidationError, match="outside the years"):
        make_article(**{field: datetime(year, 12, 31, 23, 59, tzinfo=UTC)})


@pytest.mark.django_db
def test_shortcut_of_the_admin_tells_no_address_of_a_scheduled_story(client):
    article = make_article(published_at=timezone.now() + timedelta(days=9), publish=True)
    client.force_login(make_user("nobody"))

    answer = client.get(f"/admin/r/{ContentType.objects.get_for_model(Article).pk}/{article.pk}/")

    assert answer.status_code == 404


@pytest.mark.django_db
def test_front_page_list_shows_headlines_only_to_those_who_may_read_drafts(client):
    FrontPageStory.objects.create(article=make_article("Mayor secretly arrested"), place=1)
    client.force_login(make_user("desk", "articles.view_frontpagestory"))

    assert client.get("/admin/articles/frontpagestory/").status_code == 403


@pytest.mark.django_db
def test_twins_of_one_scheduled_day_get_addresses_of_their_own():
    tomorrow = timezone.now() + timedelta(days=1)
    first = make_article("Ferry late", published_at=tomorrow, publish=True)
    second = make_article("Ferry early", published_at=tomorrow, publish=True)

    save(sign_in("editor", *EDITOR), second, slug=first.slug)

    assert sorted(Article.objects.values_list("slug", flat=True)) == ["ferry-late", "ferry-late-2"]
