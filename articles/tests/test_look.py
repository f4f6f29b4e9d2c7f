"""What readers see, in a real browser: day and night, the masthead on a phone, fonts that come late, paper."""

import re
import time
from datetime import UTC, datetime, timedelta

import pytest
from playwright.sync_api import Page, expect

from articles.models import Article
from articles.tests.browser import visitor
from articles.tests.build import PARAGRAPH, make_article, make_figure, make_image, make_section

pytestmark = pytest.mark.django_db(transaction=True)
NOW = datetime(2024, 5, 6, 9, 30, tzinfo=UTC)
PAPER = {"day": "rgb(251, 249, 244)", "night": "rgb(24, 22, 19)"}
LISTS = ("/", "/section/harbour/", "/topic/ferries/", "/2024/", "/2024/05/")
PHONE, DESK = {"width": 390, "height": 844}, {"width": 1440, "height": 900}
WATCH = """
window.moved = 0;
new PerformanceObserver((list) => list.getEntries().forEach((entry) => (moved += entry.value))).observe({type: "layout-shift", buffered: true});
"""
COMES_LATE = "[...document.fonts].filter((font) => font.status == 'loaded' && !font.family.includes(' as ')).length == 2"
FETCHED = "Math.max(...performance.getEntriesByType('resource').filter((each) => each.name.endsWith('woff2')).map((each) => each.responseEnd))"
SMALL = """
[...document.querySelectorAll("header.masthead a, button, .footer a, .footer label, .calendar a, input:not([type=hidden], [type=radio])")]
  .filter((each) => each.checkVisibility() && !each.closest("[aria-hidden], [popover]"))
  .filter((each) => each.getBoundingClientRect().height < 24).map((each) => each.outerHTML)
"""
HEADLINES = (
    "Pilots end a twelve-day strike after midnight talks turn on half a sandwich",
    "Harbour Board raises dues by 6 per cent from April",
    "The night the water came to the third step: the January storm, hour by hour",
)


def make_paper() -> Article:
    """Return the newest of sixteen stories, in three sections, with a standfirst, a topic and a picture."""
    image = make_image()
    for number in range(16):
        article = make_article(
            HEADLINES[number % 3], kicker="Readings", standfirst="Agreement at 1.10 gives pilots the last word on boarding in rough seas.",
            body=PARAGRAPH * 12, section=make_section(("Harbour", "City", "Sport")[number % 3]), topics=["Ferries"],
            published_at=NOW - timedelta(days=number),
        )  # fmt: skip
        if number < 2:
            make_figure(article, image=image, is_lead=True)
        article.publish()
    return Article.objects.newest_first().first()


def paper_of(page: Page) -> str:
    return page.evaluate("getComputedStyle(document.body).backgroundColor")


def bars_of(page: Page) -> list[str]:
    """Return the colours that a browser's own bars are to take."""
    return page.evaluate(
        "[...document.querySelectorAll('meta[name=theme-color]')].filter(meta => matchMedia(meta.media).matches).map(meta => meta.content)"
    )


@pytest.mark.parametrize(("system", "edition"), [("light", "Night"), ("dark", "Day")])
def test_reader_chooses_the_edition_and_keeps_it_without_a_cookie(chromium, live_server, system, edition):
    chosen, other = (PAPER[name] for name in (("night", "day") if edition == "Night" else ("day", "night")))
    with visitor(chromium, live_server.url, color_scheme=system) as reader:
        page = reader.new_page()
        page.goto("/")
        assert paper_of(page) == other
        page.get_by_label(edition, exact=True).check()
        assert paper_of(page) == chosen

        page.goto("/search/")
        assert (paper_of(page), bars_of(page)) == (chosen, ["#181613" if edition == "Night" else "#fbf9f4"])
        expect(page.get_by_label(edition, exact=True)).to_be_checked()
        page.emulate_media(media="print")
        assert paper_of(page) == "rgb(255, 255, 255)"
        page.emulate_media(media="screen")

        page.get_by_label("As the system").check()
        assert paper_of(page) == other
        page.reload()
        assert (paper_of(page), bars_of(page)) == (other, ["#fbf9f4" if edition == "Night" else "#181613"])
        assert reader.cookies() == []


def test_chosen_edition_is_there_before_the_first_paint(chromium, live_server):
    with visitor(chromium, live_server.url, color_scheme="light") as reader:
        page = reader.new_page()
        page.add_init_script("localStorage.setItem('edition', 'night')")
        page.route("**/edition.js", lambda route: route.fulfill(body="", content_type="text/javascript"))  # what comes later is not needed
        page.add_init_script(
            "new MutationObserver((_, watch) => document.body && (watch.disconnect(), window.first = document.documentElement.dataset.edition))"
            ".observe(document, {childList: true, subtree: true})"
        )
        page.goto("/")

        assert (page.evaluate("window.first"), paper_of(page)) == ("night", PAPER["night"])


def test_edition_chosen_in_one_tab_is_that_of_the_others(chromium, live_server):
    with visitor(chromium, live_server.url, color_scheme="light") as reader:
        one, two = reader.new_page(), reader.new_page()
        one.goto("/")
        two.goto("/search/")
        one.get_by_label("Night", exact=True).check()

        expect(two.get_by_label("Night", exact=True)).to_be_checked()
        assert paper_of(two) == PAPER["night"]


@pytest.mark.parametrize(("system", "paper"), [("light", PAPER["day"]), ("dark", PAPER["night"])])
def test_without_scripts_the_system_decides_and_nothing_offers_what_cannot_be_kept(chromium, live_server, system, paper):
    with visitor(chromium, live_server.url, color_scheme=system, java_script_enabled=False) as reader:
        page = reader.new_page()
        page.goto("/")

        expect(page.get_by_text("As the system")).to_be_hidden()
        expect(page.locator("body")).to_have_css("background-color", paper)


def test_masthead_is_one_row_on_a_phone_and_its_sections_open_by_keyboard_without_a_script(chromium, live_server):
    make_paper()
    with visitor(chromium, live_server.url, viewport=PHONE, java_script_enabled=False) as reader:
        page = reader.new_page()
        page.goto("/")
        assert page.locator(".masthead").bounding_box()["height"] < 64
        link = page.locator(".masthead").get_by_role("link", name="Sport")
        expect(link).to_be_hidden()

        page.get_by_role("button", name="Sections").press("Enter")
        expect(link).to_be_visible()
        page.keyboard.press("Escape")
        expect(link).to_be_hidden()
        page.get_by_role("button", name="Sections").press("Enter")
        link.click()
        expect(page.locator("h1")).to_have_text("Sport")


@pytest.mark.slow
@pytest.mark.parametrize("view", [PHONE, DESK])
def test_nothing_moves_when_the_fonts_come_late(chromium, live_server, view):
    story = make_paper()
    pages = ["/", story.get_absolute_url(), "/topic/ferries/", "/section/harbour/", f"/republish/{story.short_id}/"]
    moved = {}
    for address in pages:  # each in a browser of its own, whose cache is empty
        with visitor(chromium, live_server.url, viewport=view) as reader:
            page = reader.new_page()
            page.add_init_script(WATCH)
            page.route("**/*.woff2", lambda route: (time.sleep(0.7), route.continue_()))
            page.goto(address)
            page.wait_for_function(COMES_LATE)
            painted = page.evaluate("performance.getEntriesByName('first-contentful-paint')[0].startTime")
            fetched = page.evaluate(FETCHED)
            assert painted < fetched, "the words were painted before the fonts were there, or nothing is tried here"
            page.evaluate("() => new Promise(done => requestAnimationFrame(() => requestAnimationFrame(done)))")
            moved[address] = round(page.evaluate("window.moved"), 2)

    assert moved == dict.fromkeys(pages, 0.0)


def test_everything_fits_a_narrow_phone_and_can_be_hit(chromium, live_server):
    story = make_paper()
    make_article("Donaudampfschifffahrtselektrizitätenhauptbetriebswerkbauunterbeamtengesellschaft", language="de", publish=True)
    with visitor(chromium, live_server.url, viewport={"width": 320, "height": 640}) as reader:
        page = reader.new_page()
        for address in (
            "/",
            story.get_absolute_url(),
            "/section/harbour/",
            "/topic/ferries/",
            "/2024/",
            "/2024/05/",
            "/search/?q=pilots",
            "/newsletter/",
            "/nowhere/",
        ):
            page.goto(address)
            wide = page.evaluate("document.documentElement.scrollWidth")
            small = page.evaluate(SMALL)
            assert (address, wide, small) == (address, 320, [])


def test_paper_carries_the_stories_and_none_of_the_buttons(chromium, live_server):
    make_paper()
    with visitor(chromium, live_server.url, viewport=DESK) as reader:
        page = reader.new_page()
        for address in ("/", "/section/harbour/", "/2024/"):
            page.goto(address)
            page.emulate_media(media="print")

            assert (
                page.evaluate(
                    "[...document.querySelectorAll('button, input, nav')].filter(each => each.checkVisibility()).map(each => each.outerHTML)"
                )
                == []
            )
            expect(page.locator("h2, h3").filter(has_text="Pilots end a twelve-day strike").first).to_be_visible()


def test_forced_colours_keep_the_mark_of_the_current_section(chromium, live_server):
    make_paper()
    with visitor(chromium, live_server.url, viewport=DESK, forced_colors="active") as reader:
        page = reader.new_page()
        page.goto("/section/sport/")

        expect(page.locator(".sections__link[aria-current]")).to_have_css("border-bottom-width", "3px")


def test_nothing_stirs_for_those_who_asked_for_stillness(chromium, live_server):
    for motion, seconds in (("reduce", "0s"), ("no-preference", "0.12s")):
        with visitor(chromium, live_server.url, viewport=DESK, reduced_motion=motion) as reader:
            page = reader.new_page()
            page.goto("/")

            expect(page.locator(".masthead__name")).to_have_css("transition-duration", re.compile(rf"^{seconds}\b"))


def test_keyboard_reaches_the_content_first_and_shows_where_it_is(chromium, live_server):
    make_paper()
    with visitor(chromium, live_server.url, viewport=DESK) as reader:
        page = reader.new_page()
        page.goto("/")
        page.keyboard.press("Tab")
        skip = page.get_by_role("link", name="Skip to the content")
        expect(skip).to_be_focused()
        expect(skip).to_be_in_viewport()
        expect(skip).to_have_css("outline-width", "3px")
        page.keyboard.press("Enter")
        page.keyboard.press("Tab")

        expect(page.locator(".lead__headline a")).to_be_focused()
