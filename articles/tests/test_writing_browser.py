"""A story's text in a real browser: written, linked, pictured, pasted from elsewhere, lost in a crash, brought back, saved and read."""

from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from articles import body
from articles.models import Article, Image
from articles.tests.browser import visitor
from articles.tests.build import make_article, make_image, make_user
from articles.tests.test_browser import save, sign_in

pytestmark = pytest.mark.django_db(transaction=True)
TEXT = ".ProseMirror[contenteditable=true]"
PASTED = Path(__file__).parent / "pasted"  # what these programs put on the clipboard

FROM_WORD = (
    "<h2>Eleven minutes</h2><p>The Margaret Lyle left <strong>eleven minutes</strong> late, said <em>The Halyard</em> on Monday.</p>"
    "<ul><li><p>two engines</p><ul><li><p>one of them old</p></li></ul></li></ul>"
    '<ol><li><p>See the <a href="https://harbour.example/timetable" rel="noopener">timetable</a></p></li><li><p>Ask the mate</p></li></ol>'
    '<table><tbody><tr><td><p>Monday</p></td><td colspan="2"><p>7.11</p></td></tr></tbody></table>'
)
FROM_GOOGLE = (
    "<h2>On the quay</h2><p>Nobody <strong>waited</strong>. <em>Nobody</em> asked "
    '<a href="https://harbour.example/why?a=1" rel="noopener">why</a>.</p><h3>Later</h3>'
    "<ul><li><p>Tea</p><ul><li><p>cold</p></li></ul></li></ul>"
    "<table><tbody><tr><td><p>Cups</p></td></tr></tbody></table>"
)
CHOOSE = "(select, [name, key]) => django.jQuery(select).append(new Option(name, key, true, true)).trigger('change')"  # as a list of names does
PASTE = """(element, html) => {
  const data = new DataTransfer();
  data.setData("text/html", html);
  data.setData("text/plain", "plain");
  element.dispatchEvent(new ClipboardEvent("paste", { clipboardData: data, bubbles: true, cancelable: true }));
}"""


def paste(page: Page, name: str, *keys: str) -> None:
    page.locator(TEXT).focus()
    for key in keys:
        page.keyboard.press(key)
        page.wait_for_timeout(100)  # the editor learns of it where the browser has moved the cursor, and not at once
    page.locator(TEXT).evaluate(PASTE, (PASTED / name).read_text())


def submitted(page: Page) -> str:
    return body.sanitise(page.locator("textarea[name=body]").input_value())


def write(page: Page) -> None:
    """Write a paragraph with something bold and with a link to a story of ours, and a subhead."""
    page.locator(TEXT).click()
    keys = page.keyboard
    keys.type("It was ")
    keys.press("Control+b")
    keys.type("late")
    keys.press("Control+b")
    keys.type(", as ")
    keys.press("Control+k")
    page.get_by_label("Words from one of our stories").press_sequentially("fortie")
    expect(page.get_by_role("button", name="Ferry late for the fortieth time")).to_contain_text("Harbour · ")
    keys.press("Enter")
    keys.type(" told.")
    keys.press("Enter")
    keys.type("## Again")


def place_a_picture(page: Page) -> None:
    """Find a picture of the library by typing, and place it under the subhead; its caption is written in its row, and another one put in."""
    page.get_by_role("button", name="Picture (Ctrl+Alt+G)").click()
    expect(page.get_by_role("dialog").locator("img")).to_have_count(2)
    page.get_by_label("From the library").fill("quay")
    expect(page.get_by_role("dialog").locator("img")).to_have_count(1)
    page.get_by_role("button", name="The quay").click()
    expect(page.get_by_role("dialog")).to_have_count(0)
    place = page.locator(TEXT).locator("figure")
    expect(place.locator("img")).to_be_visible()
    expect(place).to_contain_text("The quay")
    expect(page.locator("[name=figures_image] option:checked")).to_have_text("The quay")
    page.locator("[name=figures_caption]").fill("Where the ferry was not")
    expect(place).to_contain_text("Where the ferry was not")
    expect(place).to_contain_text("Photo: Owen Strand")
    smallest = place.locator("img").get_attribute("src")
    page.locator("[name=figures_image]").evaluate(CHOOSE, ["The ferry", Image.objects.get(alt_text="The ferry").pk])
    expect(place.locator("img")).not_to_have_attribute("src", smallest)
    expect(place).not_to_contain_text("Photo: Owen Strand")
    expect(place).to_contain_text("Where the ferry was not")


def test_text_is_written_linked_pictured_pasted_brought_back_and_read(chromium, live_server):
    old = make_article(published_at="2024-05-06T09:30Z", publish=True)
    make_image("The quay", credit="Photo: Owen Strand")
    make_image("The ferry")
    make_user("chief", is_superuser=True)
    article = make_article("Ferry late again", body="<p>x</p>")
    expected = (
        FROM_GOOGLE + f'<p>It was <strong>late</strong>, as <a href="{old.get_absolute_url()}" rel="noopener">{old.headline}</a> told.</p>'
        '<h2>Again</h2><figure data-figure="1"></figure>' + FROM_WORD
    )
    with visitor(chromium, live_server.url) as desk:
        page = desk.new_page()
        sign_in(page)
        page.goto(f"/admin/articles/article/{article.pk}/change/")
        page.locator(TEXT).click()
        page.keyboard.press("Control+a")
        page.keyboard.press("Delete")
        write(page)
        place_a_picture(page)
        paste(page, "word.html", "Control+End")
        assert submitted(page).replace("<p></p>", "").endswith(FROM_WORD)
        with page.expect_response(lambda answer: "On the quay" in (answer.request.post_data or "")):  # it is kept, and then the window is lost
            paste(page, "google_docs.html", "Control+Home", "Enter", "ArrowUp")
            assert submitted(page).replace("<p></p>", "") == expected
        expect(page.locator("[data-counted]")).to_have_text(f"{len(body.plain_text(expected).split())} words, 1 minute to read")
        page.goto("about:blank")
        page.goto(f"/admin/articles/article/{article.pk}/change/")
        page.get_by_role("link", name="Bring it back").click()
        expect(page.locator(TEXT).locator("figure")).to_contain_text("Where the ferry was not")
        assert submitted(page).replace("<p></p>", "") == expected
        left = page.url

        page.get_by_role("button", name="Remove").last.click()
        expect(page.locator("[data-misplaced]")).to_have_text("There is no picture 1 any more: its place in the text prints nothing.")
        page.get_by_role("button", name="Add a picture").click()
        expect(page.locator("[data-row-number]")).to_have_text("2")  # the place of the first does not become another's
        page.goto(left)
        save(page, "Save and publish")
        expect(page.get_by_text("Saved, but not published yet")).to_be_visible()  # of the picture something is to be said
        save(page, "Save and publish")
        page.goto(Article.objects.public().get(headline="Ferry late again").get_absolute_url())
        expect(page.locator(".story__body figure.figure--placed figcaption")).to_contain_text("Where the ferry was not")
        expect(page.locator(".story__body figure.figure--placed img")).to_be_visible()
        expect(page.locator(".story__body > h2 + figure")).to_have_count(1)
        page.get_by_role("link", name=old.headline).first.click()
        page.wait_for_url(f"**{old.get_absolute_url()}")
    article.refresh_from_db()
    assert article.body == expected
