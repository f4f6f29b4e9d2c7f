"""An editor's whole day, in a browser: from the pictures' upload to a story's withdrawal, by two people of different roles."""

from datetime import timedelta

import pytest
from django.apps import apps
from django.contrib.auth.models import Group
from django.utils import timezone
from playwright.sync_api import Page, expect

from articles.models import Article, Image
from articles.tests.browser import visitor
from articles.tests.build import make_section, make_source, make_topic, make_user, picture_bytes
from articles.tests.test_writing_browser import TEXT
from newsroom import roles

pytestmark = pytest.mark.django_db(transaction=True)
COLOURS = ("teal", "maroon", "olive")
HEADLINE = "Ferry late for the fortieth time"


def member(name: str, role: str) -> None:
    make_user(name).groups.add(Group.objects.get(name=role))


def sign_in(page: Page, name: str) -> Page:
    page.goto("/admin/")
    page.fill("[name=username]", name)
    page.fill("[name=password]", "harbour-lights")
    page.get_by_role("button", name="Log in").click()
    page.wait_for_url("**/admin/")
    return page


def press(page: Page, name: str) -> None:
    """Press a button at the foot of the form, and wait until it is saved."""
    with page.expect_navigation(url=lambda url: not url.endswith("/sitting/")):
        page.get_by_role("button", name=name, exact=True).click()


def go(page: Page, name: str) -> None:
    """Follow a button above the form."""
    address = page.get_by_role("link", name=name, exact=True).first.get_attribute("href")
    page.goto(address)


def upload(page: Page) -> None:
    page.goto("/admin/articles/image/upload/")
    files = [{"name": f"{colour}.jpg", "mimeType": "image/jpeg", "buffer": picture_bytes(900, 600, colour=colour)} for colour in COLOURS]
    page.locator("input[type=file]").set_input_files(files)
    expect(page.locator("[data-taken]")).to_have_count(3)
    page.get_by_role("link", name="Write what is missing").click()
    for number, what in enumerate(("The quay", "The ferry", "The clock")):
        page.get_by_label("Alternative text").nth(number).fill(what)
    page.locator("[name=credit]").fill("Photo: Owen Strand")
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_text("3 pictures are changed.")).to_be_visible()


def write(page: Page) -> None:
    """Write a story with a picture in its text, and send it to review."""
    page.goto("/admin/articles/article/add/")
    page.get_by_label("Headline").fill(HEADLINE)
    page.get_by_label("Standfirst").fill("Nobody on the quay looked at the clock.")
    page.locator(TEXT).click()
    page.keyboard.type("The Margaret Lyle left the quay eleven minutes late.")
    page.keyboard.press("Enter")
    page.get_by_role("button", name="Picture (Ctrl+Alt+G)").click()
    page.get_by_role("dialog").get_by_role("button", name="The clock").click()
    expect(page.locator(TEXT).locator("figure")).to_contain_text("The clock")
    page.locator("[name=figures_caption]").fill("It was eleven minutes past.")
    page.locator("select[name=section]").select_option(label="Harbour")
    press(page, "Save and send to review")


def look(page: Page, article: Article) -> None:
    """See the story as readers will, on a phone."""
    page.goto(f"/admin/articles/article/{article.pk}/frames/?width=phone")
    frame = page.frame_locator("iframe")
    expect(frame.get_by_role("heading", name=HEADLINE)).to_be_visible()
    expect(frame.locator("figcaption")).to_contain_text("It was eleven minutes past. Photo: Owen Strand")
    assert page.locator("iframe").evaluate("frame => [frame.clientWidth, frame.contentDocument.documentElement.scrollWidth]") == [390, 390]


def moment(page: Page, at) -> None:
    local = timezone.localtime(at)
    page.locator("[name=published_at_0]").fill(f"{local:%Y-%m-%d}")
    page.locator("[name=published_at_1]").fill(f"{local:%H:%M:%S}")


def test_a_story_goes_through_an_editors_day(chromium, live_server):
    roles.grant(apps)
    member("writer", "Sub-editor"), member("chief", "Editor")
    make_section("Harbour"), make_topic("Ferries"), make_source("The Halyard", is_ours=True)
    with (
        visitor(chromium, live_server.url) as at_desk,
        visitor(chromium, live_server.url) as in_office,
        visitor(chromium, live_server.url) as outside,
    ):
        writer, chief, reader = sign_in(at_desk.new_page(), "writer"), sign_in(in_office.new_page(), "chief"), outside.new_page()

        upload(writer)
        for image in Image.objects.all():
            image.make_renditions()  # the worker's
        write(writer)
        article = Article.objects.get(headline=HEADLINE)
        form = f"/admin/articles/article/{article.pk}/change/"
        look(writer, article)
        writer.goto(form)
        assert article.status == "IN_REVIEW"
        expect(writer.get_by_role("button", name="Save and publish")).to_have_count(0)

        chief.goto(form)  # approved by somebody else, and scheduled
        expect(chief.get_by_text("The byline names nobody.")).to_be_visible()
        moment(chief, timezone.now() + timedelta(days=1))
        press(chief, "Save and publish")
        expect(chief.get_by_text("Scheduled: readers see it from")).to_be_visible()
        assert reader.goto(f"/s/{article.short_id}/").status == 404

        chief.goto(form)  # and published at once after all
        moment(chief, timezone.now() - timedelta(minutes=1))
        press(chief, "Save")
        reader.goto(f"/s/{article.short_id}/")
        expect(reader.get_by_role("heading", name=HEADLINE)).to_be_visible()
        expect(reader.locator(".story__body img")).to_be_visible()

        writer.goto(form)  # corrected by a working copy
        writer.get_by_label("Headline").fill("Ferry late for the forty-first time")
        press(writer, "Save")
        reader.reload()
        expect(reader.get_by_role("heading", name=HEADLINE)).to_be_visible()
        writer.goto(form)
        writer.get_by_label("What changed").fill("It was the forty-first time.")
        press(writer, "Publish the changes")
        reader.reload()
        expect(reader.get_by_role("heading", name="Ferry late for the forty-first time")).to_be_visible()
        expect(reader.get_by_text("It was the forty-first time.").first).to_be_visible()

        chief.goto(f"/admin/articles/article/{article.pk}/revisions/")  # compared, and brought back
        chief.get_by_label("Revision 1 before").check()
        chief.get_by_role("button", name="Show the two side by side").click()
        expect(chief.locator(".difference del").first).to_have_text("fortieth")
        first = chief.locator("tbody tr", has=chief.get_by_label("Revision 1 after"))
        first.get_by_role("button", name="Bring it back").click()
        expect(chief.get_by_label("Headline")).to_have_value(HEADLINE)
        chief.get_by_label("What changed").fill("It was the fortieth time after all.")
        press(chief, "Publish the changes")
        reader.reload()
        expect(reader.get_by_role("heading", name=HEADLINE)).to_be_visible()

        chief.goto(f"/admin/articles/article/{article.pk}/withdraw/")
        expect(chief.get_by_text("Nobody has a licence for this story.")).to_be_visible()
        chief.get_by_label("Reason").fill("The ferry was on time.")
        chief.get_by_role("button", name="Withdraw the story").click()
        expect(chief.get_by_text("is withdrawn; its address now gives the reason")).to_be_visible()
        assert reader.reload().status == 410
        expect(reader.get_by_text("The ferry was on time.")).to_be_visible()

    words = [event.words.partition(" for ")[0] for event in article.events.all()]
    assert words == ["sent to review", "scheduled", "published", "correction", "revision 1 brought back", "correction", "withdrawn"]
