"""A story before readers see it: at two widths in the newsroom, and by secret link outside."""

from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone

from articles.models import Article, SecretLink
from articles.models.record import snapshot
from articles.tests.build import make_article, make_figure, make_image, make_user
from articles.tests.newsroom import EDITOR, WRITER, change_url, sign_in

pytestmark = pytest.mark.django_db
NOON = timezone.now() - timedelta(days=2)


def share(article: Article, days: int = 3) -> SecretLink:
    return article.share("Our lawyer", timezone.now() + timedelta(days=days), by=make_user())


def test_secret_link_shows_a_draft_as_readers_will_see_it_and_is_kept_from_caches_and_search_engines(client):
    article = make_article("Ferry scandal", authors=["Ines Calloway"])
    make_figure(article, image=make_image())
    link = share(article)

    page = client.get(link.get_absolute_url())

    assert (page.status_code, page.headers["Cache-Control"], page.headers["X-Robots-Tag"]) == (200, "no-store", "noindex")
    assert (page.headers["Referrer-Policy"], page.cookies) == ("same-origin", {})
    assert all(words in page.text for words in ("Ferry scandal", "Ines Calloway", "Shown in confidence to Our lawyer"))
    assert client.get(f"/s/{article.short_id}/").status_code == 404


def test_pictures_of_the_story_are_seen_behind_the_link_and_no_others(client):
    article, image, other = make_article(), make_image(), make_image("Another")
    make_figure(article, image=image)
    link = share(article)
    address = f"{link.get_absolute_url()}{image.short_id}/480.jpg"

    assert address in client.get(link.get_absolute_url()).text
    shown, hidden = client.get(address), client.get(f"{link.get_absolute_url()}{other.short_id}/480.jpg")

    assert (b"".join(shown.streaming_content)[:3], shown.headers["Cache-Control"]) == (b"\xff\xd8\xff", "no-store")
    assert hidden.status_code == 404
    article.unshare(link)
    assert client.get(address).status_code == 404


def test_working_copy_is_shown_with_its_pictures_and_what_is_in_print_stays(client):
    article = make_article("Ferry late", published_at=NOON, publish=True)
    image = make_image()
    figure = {"position": 1, "is_lead": False, "caption": "The quay", "picture": {"short_id": image.short_id}}
    article.keep(snapshot(article) | {"headline": "Ferry early", "figures": [figure]})
    link = share(Article.objects.get())

    page = client.get(link.get_absolute_url()).text
    picture = client.get(f"{link.get_absolute_url()}{image.short_id}/480.jpg")

    assert ("Ferry early" in page, "The quay" in page, b"".join(picture.streaming_content)[:3]) == (True, True, b"\xff\xd8\xff")
    assert Article.objects.get().headline == "Ferry late"
    assert not Article.objects.get().figures.exists()


def test_link_leads_to_a_story_that_readers_can_see_and_to_the_reason_of_one_that_was_withdrawn(client):
    article = make_article()
    link = share(article)
    article.publish()

    assert client.get(link.get_absolute_url()).url == article.get_absolute_url()
    article.withdraw("A court has forbidden it.", is_legal_takedown=True)
    assert client.get(link.get_absolute_url(), follow=True).status_code == 451


@pytest.mark.parametrize("ended", ["expired", "revoked"])
def test_link_that_has_ended_shows_nothing_and_says_so(client, ended):
    article = make_article("Ferry scandal")
    link = share(article)
    if ended == "revoked":
        article.unshare(link)
    else:
        SecretLink.objects.update(made_at=NOON, expires_at=NOON + timedelta(hours=1))

    page = client.get(link.get_absolute_url())

    assert (page.status_code, "This link has ended" in page.text, "Ferry scandal" in page.text) == (410, True, False)


def test_nobody_makes_up_a_link(client):
    link = share(make_article())
    number, _, signature = link.secret.partition(".")

    for secret in (f"{number}.{signature[::-1]}", f"{int(number) + 1}.{signature}", f"{'9' * 18}.{signature}", number):
        assert client.get(f"/preview/{secret}/").status_code == 404


def test_links_are_made_and_revoked_in_the_newsroom_and_stand_in_the_log():
    editor, article = sign_in("editor", *EDITOR), make_article()
    page = change_url(article, "links")

    wrong = editor.post(page, {"reader": "", "days": "400"})
    assert (wrong.status_code, SecretLink.objects.count()) == (200, 0)
    assert editor.post(page, {"reader": "A source", "days": "1"}).url == page
    link = SecretLink.objects.get()
    assert link.get_absolute_url() in editor.get(page).text
    assert editor.post(page, {"revoke": link.pk}).status_code == 302

    assert link.get_absolute_url() not in editor.get(page).text
    assert [event.words.partition(" until")[0] for event in article.events.all()] == ["shown to A source", "no longer shown to A source"]
    assert timedelta(hours=23) < link.expires_at - timezone.now() < timedelta(hours=25)


def test_who_may_not_change_a_story_shares_it_with_nobody():
    article = make_article()
    other, link = make_article("Another"), share(article)

    assert sign_in("watcher", "articles.view_article").post(change_url(article, "links"), {"reader": "X", "days": "1"}).status_code == 403
    assert sign_in("editor", *EDITOR).post(change_url(other, "links"), {"revoke": link.pk}).status_code == 404
    assert sign_in("writer", *WRITER).post(change_url(article, "links"), {"revoke": "nonsense"}).status_code == 404
    assert SecretLink.objects.live().count() == 1


def test_preview_may_be_framed_by_the_newsroom_and_no_other_page_may():
    editor, article = sign_in("editor", *EDITOR), make_article(publish=True)

    frames, page = editor.get(change_url(article, "frames") + "?width=phone"), editor.get(change_url(article, "preview"))
    public = Client().get(article.get_absolute_url())

    assert f'src="{change_url(article, "preview")}"' in frames.text
    assert "frames__page--phone" in frames.text
    assert ("frame-ancestors 'self'" in page.headers["Content-Security-Policy"], page.headers["X-Frame-Options"]) == (True, "SAMEORIGIN")
    for response in (frames, public):
        assert ("frame-ancestors 'none'" in response.headers["Content-Security-Policy"], response.headers["X-Frame-Options"]) == (True, "DENY")
