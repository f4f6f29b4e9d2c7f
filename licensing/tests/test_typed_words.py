"""What a buyer has typed is not lost on the way from a story to a quote of several."""

import pytest
from playwright.sync_api import Page, expect

from articles.tests.browser import visitor
from licensing.tests.build import make_card, make_story, make_terms

pytestmark = pytest.mark.django_db(transaction=True)
TYPED = {
    "Your name": "Pia Lund",
    "Organisation": "Byens Blad",
    "Mail address": "pia@byens-blad.example",
    "Billing address": "Havnegade 3\n8000 Aarhus",
}


def typed(page: Page) -> dict[str, str]:
    """Return what stands in the fields that say who orders."""
    return {name: page.get_by_role("textbox", name=name).input_value() for name in TYPED}


def test_who_orders_is_typed_once_for_a_quote_and_forgotten_with_the_order(chromium, live_server):
    make_card(), make_terms()
    story, other = make_story(headline="Hail over the pass"), make_story(headline="Snow in May")
    with visitor(chromium, live_server.url) as reader:
        page = reader.new_page()
        page.goto(f"/republish/{story.short_id}/")
        for name, words in TYPED.items():
            page.get_by_role("textbox", name=name).fill(words)
        page.get_by_label("Country", exact=True).select_option("DK")

        page.get_by_role("button", name="Keep as a quote").click()
        expect(page.get_by_role("heading", level=1)).to_contain_text("for one story")
        assert typed(page) == TYPED
        assert page.get_by_label("Country", exact=True).input_value() == "DK"

        page.get_by_role("textbox", name="Organisation").fill("Byens Blad ApS")
        page.get_by_role("link", name="Add another story").click()
        page.goto(page.url + f"{other.short_id}/")
        page.get_by_role("button", name="Put it into the quote").click()
        expect(page.get_by_role("heading", level=1)).to_contain_text("for 2 stories")
        assert typed(page) == TYPED | {"Organisation": "Byens Blad ApS"}

        page.get_by_role("button", name="Order", exact=True).click()  # refused: the terms are not accepted
        assert typed(page) == TYPED | {"Organisation": "Byens Blad ApS"}
        page.get_by_text("I accept the licence terms").click()
        page.get_by_role("button", name="Order", exact=True).click()
        expect(page.get_by_role("heading", level=1)).to_have_text("Your order waits for payment")
        page.goto(f"/republish/{story.short_id}/")
        assert set(typed(page).values()) == {""}
