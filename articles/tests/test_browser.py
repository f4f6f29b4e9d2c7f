"""A story from the editor's first word to the reader, and out of print again, in a real browser."""

import re

import pytest
from playwright.sync_api import BrowserContext, Page, expect

from articles.models import Article
from articles.tests.browser import visitor
from articles.tests.build import make_section, make_user, picture_bytes

pytestmark = pytest.mark.django_db(transaction=True)
HEADLINE = "Ferry leaves on time for the first time since March"


def sign_in(page: Page) -> None:
    page.goto("/admin/login/")
    page.get_by_label("Username").fill("chief")
    page.get_by_label("Password").fill("harbour-lights")
    page.get_by_role("button", name="Log in").click()
    page.wait_for_url("**/admin/")


def write(page: Page) -> None:
    """Write a story of two paragraphs, a subhead and a quotation."""
    page.goto("/admin/articles/article/add/")
    page.locator("[name=kicker]").fill("Timetables")
    page.locator("[name=headline]").fill(HEADLINE)
    page.locator("[name=standfirst]").fill("Nobody on the quay was ready.")
    page.select_option("[name=section]", label="Harbour")
    text = page.locator(".ProseMirror[contenteditable=true]")
    text.click()
    keys = page.keyboard
    keys.type("At seven in the morning the Margaret Lyle was ")
    keys.press("Control+b")
    keys.type("gone")
    keys.press("Control+b")
    keys.press("Enter")
    keys.type("## Eleven passengers")
    keys.press("Enter")
    keys.type("> We were told seven, and it was seven.")
    keys.press("Enter")
    keys.press("Enter")
    keys.type("Three ran.")
    expect(text.locator("strong")).to_have_text("gone")
    expect(text.locator("h2")).to_have_text("Eleven passengers")
    expect(text.locator("blockquote")).to_have_text("We were told seven, and it was seven.")


def add_author(page: Page) -> None:
    page.get_by_role("button", name="Add a name").click()
    with page.expect_popup() as opening:
        page.get_by_role("link", name="New author").click()
    popup = opening.value
    popup.locator("[name=name]").press_sequentially("Ines Calloway")
    expect(popup.locator("[name=slug]")).to_have_value("ines-calloway")
    with popup.expect_event("close"):
        popup.get_by_role("button", name="Save", exact=True).click()
    expect(page.locator("[name=names_author] option:checked")).to_have_text("Ines Calloway")


def add_picture(page: Page) -> None:
    page.get_by_role("button", name="Add a picture").click()
    with page.expect_popup() as opening:
        page.get_by_role("link", name="New picture").click()
    popup = opening.value
    popup.locator("[name=file]").set_input_files({"name": "quay.jpg", "mimeType": "image/jpeg", "buffer": picture_bytes()})
    popup.locator("[name=alt_text]").fill("An empty berth")
    popup.locator("[name=credit]").fill("Photo: Owen Strand")
    with popup.expect_event("close"):
        popup.get_by_role("button", name="Save", exact=True).click()
    expect(page.locator("[name=figures_image] option:checked")).to_have_text("An empty berth")
    page.locator("[name=figures_caption]").fill("Where the ferry was")
    page.get_by_label("Above the story", exact=True).check()


def save(page: Page, button: str) -> None:
    with page.expect_navigation():
        page.get_by_role("button", name=button, exact=True).click()
    expect(page.locator("body")).not_to_contain_text("Please correct the error")


def read(page: Page) -> None:
    """Read the story as it stands on its page."""
    expect(page.locator("h1")).to_have_text(HEADLINE)
    expect(page.get_by_text(HEADLINE, exact=True)).to_have_count(1)
    expect(page.get_by_role("link", name="Ines Calloway")).to_have_attribute("href", "/author/ines-calloway/")
    expect(page.locator("figcaption")).to_contain_text("Where the ferry was")
    expect(page.locator("figcaption")).to_contain_text("Photo: Owen Strand")
    picture = page.get_by_role("img", name="An empty berth")
    expect(picture).to_be_visible()
    page.wait_for_function("image => image.complete && image.naturalWidth > 0", arg=picture.element_handle())
    expect(page.locator(".story__body blockquote")).to_have_text("We were told seven, and it was seven.")
    expect(page.locator(".story__body h2")).to_have_text("Eleven passengers")
    expect(page.locator(".story__body strong")).to_have_text("gone")


def read_as_a_stranger(reader: BrowserContext) -> str:
    """Find the story by search and read it; return its address."""
    page = reader.new_page()
    page.goto("/search/?q=empty+ferry+Strand")
    page.goto("/search/?q=passengers+Calloway")
    page.get_by_role("link", name=HEADLINE).first.click()
    page.wait_for_url(re.compile(r"/\d{4}/\d\d/\d\d/ferry-leaves-on-time"))
    read(page)
    assert reader.cookies() == []
    return page.url


def correct(page: Page) -> None:
    text = page.locator(".ProseMirror[contenteditable=true]")
    text.click()
    page.keyboard.press("Control+End")
    page.keyboard.type(" Two missed it.")
    page.get_by_role("button", name="Publish the changes").click()
    expect(page.get_by_text("This story is in print: say under").first).to_be_visible()
    expect(page.locator(".ProseMirror[contenteditable=true]")).to_contain_text("Two missed it.")
    page.locator("[name=correction_text]").fill("We left out two passengers.")
    save(page, "Publish the changes")


def withdraw(page: Page) -> None:
    page.get_by_role("link", name="Withdraw…").click()
    page.locator("[name=reason]").fill("The ferry was late after all.")
    save(page, "Withdraw the story")


def test_editor_writes_publishes_corrects_and_withdraws_a_story_and_a_stranger_reads_it(chromium, live_server, work):
    make_section("Harbour")
    make_user("chief", is_superuser=True)

    with visitor(chromium, live_server.url) as desk, visitor(chromium, live_server.url) as reader:
        page = desk.new_page()
        sign_in(page)
        write(page)
        add_author(page)
        add_picture(page)
        save(page, "Save and continue editing")
        work()  # the picture's copies are made
        with page.expect_popup() as opening:
            page.get_by_role("link", name="Preview").click()
        opening.value.get_by_role("link", name="Without this bar").click()
        read(opening.value)
        expect(opening.value.locator("body")).to_contain_text("only the newsroom can see it")
        assert list(Article.objects.public()) == []

        save(page, "Save and publish")
        address = read_as_a_stranger(reader)

        page.goto(f"/admin/articles/article/{Article.objects.get().pk}/change/")
        correct(page)
        story = reader.new_page()
        story.goto(address)
        read(story)
        expect(story.locator("body")).to_contain_text("We left out two passengers.")
        expect(story.locator("body")).to_contain_text("Three ran. Two missed it.")

        page.goto(f"/admin/articles/article/{Article.objects.get().pk}/change/")
        withdraw(page)
        gone = story.goto(address)
        assert gone.status == 410
        expect(story.locator("body")).to_contain_text("The ferry was late after all.")
        expect(story.locator("body")).not_to_contain_text("passengers")


@pytest.mark.parametrize(("width", "colours"), [(390, "dark"), (1440, "light")])
def test_every_form_of_the_newsroom_opens_without_a_complaint(chromium, live_server, width, colours):
    make_user("chief", is_superuser=True)

    with visitor(chromium, live_server.url, viewport={"width": width, "height": 900}, color_scheme=colours) as desk:
        page = desk.new_page()
        sign_in(page)
        for form, editors in [("articles/article", 1), ("articles/image", 0), ("articles/source", 0), ("flatpages/flatpage", 1), ("auth/user", 0)]:
            page.goto(f"/admin/{form}/add/")
            expect(page.locator(".ProseMirror[contenteditable=true]")).to_have_count(editors)
            page.wait_for_load_state("networkidle")  # the editor's own styles come with its script
            too_wide = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
            assert (form, too_wide) == (form, 0)
