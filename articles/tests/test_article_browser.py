"""A story's page in a real browser: gallery, sharing, citing, right-to-left, print, all of it without scripts; and the editor's quotes and boxes."""

import re
from datetime import UTC, datetime

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, expect

from articles.models import Article
from articles.tests.browser import visitor
from articles.tests.build import make_article, make_figure, make_image, make_section, make_user
from articles.tests.test_browser import save, sign_in

pytestmark = pytest.mark.django_db(transaction=True)

MAY = datetime(2024, 5, 6, 9, 30, tzinfo=UTC)
ASIDES = (
    '<p>One.</p><aside class="pull"><p>“Nobody looked.”</p><p>The mate</p></aside><p>Two.</p>'
    '<aside class="facts"><h2>The ferry</h2><ul><li>280 places</li><li>two engines</li></ul></aside><p>Three.</p>'
)
ARABIC = {
    "headline": "العبّارة تتأخر للمرة الأربعين",
    "language": "ar",
    "standfirst": "لم ينظر أحد على الرصيف إلى الساعة.",
    "dateline": "القاهرة",
    "body": (
        "<p>تأخرت العبّارة مجددًا يوم الثلاثاء، ولم ينظر أحد على الرصيف إلى الساعة.</p><ul><li>أربعون تأخيرًا</li></ul>"
        '<aside class="pull"><p>«المحرك الثاني»</p></aside><table><tr><th>اليوم</th><td>الثلاثاء</td></tr></table>'
    ),
}


def pictured(count=3, **fields) -> Article:
    article = make_article(body="<p>One.</p>" + "".join(f'<figure data-figure="{n}"></figure><p>More.</p>' for n in range(2, count + 1)), **fields)
    for number in range(1, count + 1):
        image = make_image(f"Seen {number}", 1000, 700, credit=f"Photo: {number}")
        make_figure(article, f"Caption {number}", image, is_lead=number == 1)
    article.publish()
    return article


def picture_in_sight(page: Page) -> str:
    """Return the caption of the picture that fills the gallery."""
    return page.evaluate("""() => {
      const strip = document.querySelector(".gallery__strip").getBoundingClientRect();
      return [...document.querySelectorAll(".gallery__figure")]
        .filter((figure) => Math.abs(figure.getBoundingClientRect().x - strip.x) < 2)
        .map((figure) => figure.querySelector("figcaption").textContent).join();
    }""")


def complaints(page: Page) -> list[str]:
    return [f"{rule['id']}: {rule['nodes'][0]['target']}" for rule in Axe().run(page).response["violations"]]


@pytest.mark.parametrize(("width", "scheme"), [(390, "light"), (1440, "dark")])
def test_gallery_opens_large_turns_by_key_and_button_and_gives_the_focus_back(chromium, live_server, width, scheme):
    article = pictured()

    with visitor(chromium, live_server.url, viewport={"width": width, "height": 800}, color_scheme=scheme) as reader:
        page = reader.new_page()
        page.goto(article.get_absolute_url())
        second = page.locator("[data-large]").nth(1)
        second.focus()
        page.keyboard.press("Enter")
        gallery = page.get_by_role("dialog", name="Pictures")
        expect(gallery).to_be_visible()
        expect(gallery.locator("[data-count]")).to_have_text("2 of 3")
        assert picture_in_sight(page) == "Caption 2 Photo: 2"
        box, caption = gallery.locator("img").nth(1).bounding_box(), gallery.locator("figcaption").nth(1).bounding_box()
        assert box["width"] > 0.9 * width or box["height"] > 600
        assert box["y"] + box["height"] <= caption["y"] <= 800 - caption["height"]
        assert complaints(page) == []
        for key, seen in [("ArrowRight", 3), ("ArrowRight", 1), ("ArrowLeft", 3), ("ArrowLeft", 2)]:
            page.keyboard.press(key)
            expect(gallery.locator("[data-count]")).to_have_text(f"{seen} of 3")
            assert picture_in_sight(page) == f"Caption {seen} Photo: {seen}"
        gallery.get_by_role("button", name="Next").click()
        expect(gallery.locator("[data-count]")).to_have_text("3 of 3")
        page.keyboard.press("Escape")
        expect(gallery).to_be_hidden()
        expect(second).to_be_focused()

        page.locator("[data-large]").first.click()
        expect(gallery.locator("[data-count]")).to_have_text("1 of 3")
        gallery.get_by_role("button", name="Close").click()
        expect(page.locator("[data-large]").first).to_be_focused()


def test_gallery_turns_by_a_swipe(chromium, live_server):
    article = pictured()

    with visitor(chromium, live_server.url, viewport={"width": 390, "height": 800}, has_touch=True, is_mobile=True) as reader:
        page = reader.new_page()
        page.goto(article.get_absolute_url())
        page.locator("[data-large]").first.tap()
        count = page.locator("[data-count]")
        expect(count).to_have_text("1 of 3")
        finger = reader.new_cdp_session(page)
        for kind, across in [("Start", 340), *(("Move", across) for across in [*range(320, 60, -20), 60, 60]), ("End", None)]:
            finger.send("Input.dispatchTouchEvent", {"type": f"touch{kind}", "touchPoints": [{"x": across, "y": 300}] if across else []})

        expect(count).to_have_text("2 of 3")
        page.wait_for_function("() => Math.abs(document.querySelectorAll('.gallery__figure')[1].getBoundingClientRect().x) < 2")  # it has settled


def test_story_copies_its_link_and_its_citations_and_prints(chromium, live_server, settings):
    settings.SITE_URL = live_server.url
    article = pictured(1, slug="ferry", published_at=MAY)

    with visitor(chromium, live_server.url, permissions=["clipboard-read", "clipboard-write"]) as reader:
        page = reader.new_page()
        page.add_init_script("window.print = () => { window.printed = true; }; navigator.share = async (what) => { window.shared = what; };")
        page.goto(f"{article.get_absolute_url()}#corrections")
        page.get_by_role("button", name="Copy the link").click()
        expect(page.get_by_role("status")).to_have_text("The link is copied.")
        assert page.evaluate("navigator.clipboard.readText()") == f"{live_server.url}/2024/05/06/ferry/"
        page.get_by_text("Cite this story").click()
        page.get_by_role("button", name="Copy", exact=True).last.click()
        expect(page.get_by_role("button", name="Copied")).to_be_visible()
        assert page.evaluate("navigator.clipboard.readText()").startswith(f"@article{{{article.short_id},")
        assert complaints(page) == []
        page.get_by_role("button", name="Print").click()
        page.get_by_role("button", name="Share").click()
        assert page.evaluate("window.printed")
        assert page.evaluate("window.shared") == {"title": article.headline, "url": f"{live_server.url}/2024/05/06/ferry/"}


def test_without_scripts_pictures_lead_to_their_largest_copy_and_a_report_reaches_the_desk(chromium, live_server):
    article = pictured()

    with visitor(chromium, live_server.url, java_script_enabled=False) as reader:
        page = reader.new_page()
        page.goto(article.get_absolute_url())
        assert [button.is_visible() for button in page.locator(".tools button, .cite button").all()] == [False] * 5
        expect(page.get_by_role("link", name="Mail it")).to_be_visible()
        page.get_by_text("Cite this story").click()
        expect(page.get_by_label("BibTeX")).to_be_visible()
        large = page.locator("[data-large]").first.get_attribute("href")
        assert (large.endswith("/960.jpg"), page.request.get(large).headers["content-type"]) == (True, "image/jpeg")
        page.get_by_role("link", name="Report an error").click()
        page.get_by_label("What is wrong?").fill("The ferry is the Lyle.")
        page.get_by_role("button", name="Send it to the desk").click()
        expect(page.locator("h1")).to_have_text("Thank you. The desk has it")
    assert [row.text for row in article.error_reports.all()] == ["The ferry is the Lyle."]


@pytest.mark.parametrize("width", [320, 1440])
def test_story_in_arabic_runs_from_the_right(chromium, live_server, width):
    article = make_article(publish=True, authors=["Layla Haddad"], **ARABIC)
    article.correct("كان التأخير أربعين دقيقة.")
    make_article("The next one", publish=True)

    with visitor(chromium, live_server.url, viewport={"width": width, "height": 900}) as reader:
        page = reader.new_page()
        page.goto(article.get_absolute_url())
        edges = page.evaluate("""() => [".story__headline", ".byline__names", ".story__body > p", ".story__body li"].map((name) => {
          const range = document.createRange();
          range.selectNodeContents(document.querySelector(name));
          return [name, range.getBoundingClientRect().right];
        })""")
        body = page.locator(".story__body").bounding_box()
        right = body["x"] + body["width"]
        assert [name for name, edge in edges if not right - 30 <= edge <= right + 1] == []
        if width == 1440:
            pull = page.locator(".pull").bounding_box()
            assert pull["x"] + pull["width"] < body["x"]
        assert page.evaluate("document.documentElement.scrollWidth <= document.documentElement.clientWidth")
        assert complaints(page) == []


def test_every_button_and_link_of_a_story_is_large_enough_to_hit(chromium, live_server):
    article = pictured(topics=["Ferries", "Storms"], authors=["Ines Calloway"])
    article.correct("The ferry is the Lyle.")
    make_article("A related one", topics=["Ferries"], section=make_section("Culture"), publish=True)

    with visitor(chromium, live_server.url, viewport={"width": 390, "height": 800}) as reader:
        page = reader.new_page()
        page.goto(article.get_absolute_url())
        small = page.evaluate("""() => [...document.querySelectorAll("main :is(a, button, summary)")]
          .filter((one) => one.checkVisibility() && !one.matches(".related__headline a, .onward a, .subscribe a"))
          .map((one) => [one.textContent.trim(), one.getBoundingClientRect()]).filter(([, box]) => box.height < 24 || box.width < 24)
          .map(([words, box]) => `${words}: ${box.width} x ${box.height}`)""")
        assert small == []


def test_story_prints_as_a_sheet_with_its_address_and_credits_and_nothing_to_press(chromium, live_server, settings):
    settings.SITE_URL = live_server.url
    article = pictured(1, slug="ferry", published_at=MAY)
    make_article("The next one", publish=True)

    with visitor(chromium, live_server.url) as reader:
        page = reader.new_page()
        page.emulate_media(media="print")
        page.goto(article.get_absolute_url())
        words = page.evaluate("document.body.innerText")
    shown = [f"{live_server.url}/2024/05/06/ferry/", f"{live_server.url}/s/{article.short_id}/", "Photo: 1", "Caption 1", article.headline]
    hidden = ["Mail it", "Cite this story", "Purchase this article", "The next one", "Report an error", "by mail"]
    assert [word for word in shown if word not in words] == []
    assert [word for word in hidden if word in words] == []


def test_editor_keeps_quotes_and_boxes_and_writes_new_ones(chromium, live_server):
    article = make_article(body=ASIDES)
    make_user("chief", is_superuser=True)

    with visitor(chromium, live_server.url) as desk:
        page = desk.new_page()
        sign_in(page)
        page.goto(f"/admin/articles/article/{article.pk}/change/")
        text = page.locator(".ProseMirror[contenteditable=true]")
        expect(text.locator("aside.pull p")).to_have_count(2)
        expect(text.locator("aside.facts li")).to_have_count(2)
        page.locator("[name=kicker]").fill("Ferries")
        save(page, "Save and continue editing")
        article.refresh_from_db()
        assert (article.body, article.kicker) == (ASIDES, "Ferries")

        text.locator("> p").last.click()
        page.keyboard.press("End")
        page.keyboard.type(" Four.")
        save(page, "Save and continue editing")
        article.refresh_from_db()
        assert re.sub(r"</?tbody>", "", article.body) == ASIDES.replace("Three.", "Three. Four.").replace(
            "<li>280 places</li><li>two engines</li>", "<li><p>280 places</p></li><li><p>two engines</p></li>"
        )

        text.locator("> p").last.click()
        page.get_by_role("button", name="Pull quote").click()
        expect(text.locator("aside.pull")).to_have_count(2)
        save(page, "Save and continue editing")
    article.refresh_from_db()
    assert article.body.endswith('<aside class="pull"><p>Three. Four.</p></aside>')
