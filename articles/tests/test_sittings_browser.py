"""An editor's window that nothing gets lost in: signed out in the middle of a story, and saved over by somebody else."""

import pytest
from django.contrib.sessions.models import Session
from playwright.sync_api import expect

from articles.models import Article, Sitting
from articles.tests.browser import visitor
from articles.tests.build import make_article, make_user
from articles.tests.newsroom import EDITOR, change_url, save
from articles.tests.newsroom import sign_in as editor_of
from articles.tests.test_browser import sign_in

pytestmark = pytest.mark.django_db(transaction=True)


def test_window_that_was_signed_out_or_saved_over_loses_nothing(chromium, live_server):
    make_user("chief", is_superuser=True)
    article = make_article("Ferry late", kicker="Quay")
    save(editor_of("first", *EDITOR), article)
    with visitor(chromium, live_server.url, bears=("net::ERR_FAILED", "403 (Forbidden)")) as desk:
        page = desk.new_page()
        sign_in(page)
        page.goto(change_url(article))
        page.locator("[name=kicker]").press("Control+a")
        page.keyboard.type("Harbour")

        Session.objects.all().delete()
        page.get_by_role("button", name="Save", exact=True).click()
        expect(page.get_by_text("you have been signed out")).to_be_visible()
        assert (page.locator("[name=kicker]").input_value(), Article.objects.get().kicker) == ("Harbour", "Quay")

        sign_in(desk.new_page())
        save(editor_of("other", *EDITOR), article, headline="Ferry early")  # meanwhile
        page.get_by_role("button", name="Save", exact=True).click()
        expect(page.get_by_role("heading", name="saved this on")).to_be_visible()
        assert Sitting.objects.get(editor__username="chief").typed["kicker"] == ["Harbour"]  # sent before it was to be saved
        page.get_by_role("button", name="Put both together").click()
        expect(page.locator("[name=headline]")).to_have_value("Ferry early")
        page.get_by_role("button", name="Save", exact=True).click()
        expect(page.get_by_text("was changed successfully")).to_be_visible()

    article.refresh_from_db()
    assert (article.headline, article.kicker) == ("Ferry early", "Harbour")
    assert not Sitting.objects.exists()
