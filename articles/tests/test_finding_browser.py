"""A reader finds stories in a real browser, with scripts and without; and what is suggested while somebody types."""

import re
from datetime import UTC, datetime, timedelta

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Locator, Page, expect

from articles.models import Article, Word
from articles.tests.browser import visitor
from articles.tests.build import make_article, make_author, make_section, make_source, make_topic

pytestmark = pytest.mark.django_db(transaction=True)

MAY = datetime(2024, 5, 6, 12, tzinfo=UTC)
WITH_AND_WITHOUT = pytest.mark.parametrize("scripts", [True, False], ids=["scripts", "no scripts"])


def story(headline: str, at: datetime, **fields) -> Article:
    texts = {"standfirst": "Told in short.", "authors": ["Ines Calloway"], "source": make_source(), "section": make_section("Harbour")}
    return make_article(headline, published_at=at, publish=True, **texts | fields)


@pytest.fixture
def archive() -> None:
    """Stories of ferries: three of 2019, of May and June 2024 some, and of the city one."""
    for number in range(3):
        story(f"Ferry sold {number}", MAY.replace(year=2019) + timedelta(days=number), topics=["Ferries", "Strikes"])
    for number in range(24):
        story(f"Ferry late {number}", MAY + timedelta(minutes=number), topics=["Ferries"])
    story("Ferry in June", MAY + timedelta(days=30), topics=["Ferries"])
    story("Ferry seen from the city", MAY + timedelta(days=3), section=make_section("City"), authors=[make_author("Tom Strand")])
    Word.objects.collect()


def headlines(page: Page) -> list[str]:
    return page.locator(".row__headline").all_inner_texts()


def count(page: Page) -> Locator:
    return page.locator(".found__count")


@WITH_AND_WITHOUT
def test_reader_searches_narrows_orders_turns_pages_and_opens_a_story(chromium, live_server, archive, scripts):
    first = Article.objects.get(headline="Ferry in June")

    with visitor(chromium, live_server.url, viewport={"width": 1280, "height": 900}, java_script_enabled=scripts) as reader:
        page = reader.new_page()
        page.goto(first.get_absolute_url())
        box = page.get_by_role("banner").locator("input[name=q]")
        box.fill("ferry")
        box.press("Enter")
        expect(count(page)).to_have_text("29 stories")
        assert page.locator("#id_q").input_value() == "ferry"

        page.get_by_role("region", name="Narrow the search").get_by_role("link", name="Harbour").click()
        expect(count(page)).to_have_text("28 stories")
        page.get_by_role("navigation", name="By date").get_by_role("link", name="2024").click()
        expect(count(page)).to_have_text("25 stories")
        page.get_by_role("navigation", name="By date").get_by_role("link", name="May").click()
        expect(count(page)).to_have_text("24 stories")
        chips = page.get_by_role("list", name="Narrowed to").get_by_role("link")
        assert chips.all_text_contents() == ["Do not narrow to Harbour ×", "Do not narrow to in May 2024 ×"]

        page.get_by_role("list", name="Order").get_by_role("link", name="Oldest").click()
        expect(page.get_by_role("list", name="Order").locator("[aria-current]")).to_have_text("Oldest")
        assert headlines(page) == [f"Ferry late {number}" for number in range(20)]
        page.get_by_role("link", name="Newer stories").click()
        expect(page.locator(".row__headline").first).to_have_text("Ferry late 20")
        assert headlines(page) == [f"Ferry late {number}" for number in range(20, 24)]
        page.get_by_role("link", name="Back to the first page").click()
        expect(page.locator(".row__headline").first).to_have_text("Ferry late 0")

        chips.filter(has_text="in May 2024").click()
        expect(count(page)).to_have_text("28 stories")
        chips.filter(has_text="Harbour").click()
        expect(count(page)).to_have_text("29 stories")
        expect(chips).to_have_count(0)
        assert headlines(page)[:3] == ["Ferry sold 0", "Ferry sold 1", "Ferry sold 2"]
        assert page.url == f"{live_server.url}/search/?q=ferry&sort=oldest"
        page.get_by_role("link", name="Ferry sold 1").click()
        expect(page.get_by_role("heading", level=1)).to_have_text("Ferry sold 1")
        page.go_back()
        expect(count(page)).to_have_text("29 stories")


@WITH_AND_WITHOUT
def test_search_keeps_its_filters_and_offers_another_spelling(chromium, live_server, archive, scripts):
    with visitor(chromium, live_server.url, java_script_enabled=scripts) as reader:
        page = reader.new_page()
        page.goto("/search/?q=ferry&section=harbour&sort=newest")
        page.locator("#id_q").fill("ferrry sold")
        page.get_by_role("main").get_by_role("button", name="Search").click()
        expect(page.locator(".found__meant")).to_have_text("Did you mean ferry sold?")
        page.get_by_role("link", name="ferry sold", exact=True).click()
        expect(count(page)).to_have_text("3 stories")

        assert headlines(page) == ["Ferry sold 2", "Ferry sold 1", "Ferry sold 0"]
        assert page.url == f"{live_server.url}/search/?q=ferry+sold&section=harbour&sort=newest"
        page.goto("/search/")
        page.locator("#id_q").fill("-ferry")
        page.locator("#id_q").press("Enter")
        expect(page.get_by_role("alert")).to_contain_text("Add a word that a story must hold")


@WITH_AND_WITHOUT
def test_reader_walks_the_archive_by_date(chromium, live_server, archive, scripts):
    with visitor(chromium, live_server.url, viewport={"width": 1280, "height": 900}, java_script_enabled=scripts) as reader:
        page = reader.new_page()
        heading = page.get_by_role("heading", level=1)
        page.goto("/section/harbour/")
        page.get_by_role("banner").get_by_role("link", name="By date").click()
        page.get_by_role("navigation", name="Years").get_by_role("link", name="2019").click()
        expect(heading).to_have_text("2019")
        page.get_by_role("navigation", name="Months").get_by_role("link", name="May").click()
        expect(heading).to_have_text("May 2019")
        page.get_by_role("navigation", name="Days").get_by_role("link", name=re.compile(r"^7\b")).click()
        expect(heading).to_have_text("Tuesday 7 May 2019")
        assert headlines(page) == ["Ferry sold 1"]
        page.get_by_role("navigation", name="Days beside").get_by_role("link", name="8 May 2019").click()
        expect(heading).to_have_text("Wednesday 8 May 2019")
        page.get_by_role("navigation", name="Days beside").get_by_role("link", name="6 May 2024").click()
        expect(heading).to_have_text("Monday 6 May 2024")
        page.get_by_role("link", name="Older stories").click()
        expect(page.locator(".row__headline").first).to_have_text("Ferry late 3")
        page.get_by_role("link", name="Back to the newest").click()
        page.get_by_role("link", name="May 2024", exact=True).click()
        expect(heading).to_have_text("May 2024")


@WITH_AND_WITHOUT
def test_reader_goes_from_a_topic_to_its_kin_and_from_an_author_to_topics(chromium, live_server, archive, scripts):
    make_topic("Crossings").parts.add(make_topic("Ferries"))

    with visitor(chromium, live_server.url, viewport={"width": 1280, "height": 900}, java_script_enabled=scripts) as reader:
        page = reader.new_page()
        heading, links = page.get_by_role("heading", level=1), page.locator(".opening")
        page.goto("/topic/ferries/")
        links.get_by_role("link", name="Strikes").click()
        expect(heading).to_have_text("Strikes")
        assert headlines(page) == ["Ferry sold 2", "Ferry sold 1", "Ferry sold 0"]
        links.get_by_role("link", name="Ines Calloway").click()
        expect(heading).to_have_text("Ines Calloway")
        links.get_by_role("link", name="Ferries").click()
        expect(heading).to_have_text("Ferries")
        links.get_by_role("link", name="Crossings").click()
        expect(heading).to_have_text("Crossings")
        expect(page.locator(".count")).to_have_text("28 stories")
        page.get_by_role("navigation", name="By date").get_by_role("link", name="2019").click()
        expect(page.locator(".narrowed")).to_have_text("Only what was published in 2019. All years")
        assert headlines(page) == ["Ferry sold 2", "Ferry sold 1", "Ferry sold 0"]
        page.get_by_role("link", name="All years").click()
        expect(page.locator(".count")).to_have_text("28 stories")


# --- Suggestions


@pytest.fixture
def mallow() -> None:
    subjects = {"section": make_section("Mallow Street"), "topics": ["Mallow Fair"], "authors": ["Ada Mallow"], "source": make_source("Mallow Post")}
    story("Mallow floods", MAY, **subjects)
    story("Mallow dries", MAY - timedelta(days=1), **subjects)
    Word.objects.collect()


def options(page: Page) -> list[str]:
    return [" ".join(text.split()) for text in page.get_by_role("option").all_inner_texts()]


def kept(page: Page, box: Locator) -> dict:
    """Return what the box says of its list to those who do not see it."""
    names = ("role", "aria-expanded", "aria-activedescendant", "aria-autocomplete")
    return {name: box.get_attribute(name) for name in names} | {"list": page.locator(f"#{box.get_attribute('aria-controls')}").get_attribute("role")}


@pytest.mark.parametrize(("address", "field"), [("/", "#masthead-search"), ("/search/", "#id_q")])
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_typing_suggests_every_kind_and_tells_it_to_those_who_do_not_see(chromium, live_server, mallow, address, field, scheme):
    with visitor(chromium, live_server.url, viewport={"width": 1280, "height": 900}, color_scheme=scheme) as reader:
        page = reader.new_page()
        page.goto(address)
        box = page.locator(field)
        box.press_sequentially("mal")
        expect(page.get_by_role("option")).to_have_count(6)
        assert options(page) == [
            "Section Mallow Street", "Topic Mallow Fair", "Author Ada Mallow", "Source Mallow Post", "Story Mallow floods", "Story Mallow dries",
        ]  # fmt: skip
        said = {"role": "combobox", "aria-expanded": "true", "aria-activedescendant": None, "aria-autocomplete": "list", "list": "listbox"}
        assert kept(page, box) == said
        box.press("ArrowDown")
        chosen = page.get_by_role("option", selected=True)
        assert (chosen.count(), chosen.get_attribute("id")) == (1, box.get_attribute("aria-activedescendant"))
        assert [rule["id"] for rule in Axe().run(page).response["violations"]] == []
        assert page.locator(".suggest:visible").bounding_box()["x"] >= 0

        box.press("ArrowUp")
        assert kept(page, box) == said
        box.press("ArrowUp")
        expect(page.get_by_role("option", selected=True)).to_contain_text("Mallow dries")
        box.press("Escape")
        expect(page.get_by_role("option")).to_have_count(0)
        assert (kept(page, box)["aria-expanded"], box.input_value()) == ("false", "mal")


def test_key_and_click_lead_to_what_is_suggested_and_enter_alone_searches(chromium, live_server, mallow):
    with visitor(chromium, live_server.url, viewport={"width": 1280, "height": 900}) as reader:
        page = reader.new_page()
        for lead, there in [
            (lambda box: [box.press("ArrowDown"), box.press("ArrowDown"), box.press("Enter")], "/topic/mallow-fair/"),
            (lambda box: page.get_by_role("option", name="Mallow floods").click(), "/2024/05/06/mallow-floods/"),
            (lambda box: box.press("Enter"), "/search/?q=mallow"),
            (lambda box: page.get_by_role("banner").get_by_role("button", name="Search").click(), "/search/?q=mallow"),
            (lambda box: [box.press("ArrowDown"), box.press("Escape"), box.press("Enter")], "/search/?q=mallow"),
        ]:
            page.goto("/section/mallow-street/")
            box = page.locator("#masthead-search")
            box.press_sequentially("mallow")
            expect(page.get_by_role("option")).to_have_count(6)
            lead(box)
            page.wait_for_url(f"{live_server.url}{there}")


def test_suggestions_go_when_the_box_is_left_or_emptied(chromium, live_server, mallow):
    with visitor(chromium, live_server.url, viewport={"width": 320, "height": 640}) as reader:
        page = reader.new_page()
        page.goto("/search/")
        box = page.locator("#id_q")
        box.press_sequentially("mallow")
        expect(page.get_by_role("option")).to_have_count(6)
        assert page.evaluate("document.documentElement.scrollWidth") == 320
        box.press("Tab")
        expect(page.get_by_role("option")).to_have_count(0)
        box.press("End")
        box.press_sequentially(" f")
        expect(page.get_by_role("option")).to_have_count(2)
        box.fill("m")
        expect(page.get_by_role("option")).to_have_count(0)
