"""Quotes that are kept: the page of a draft, the sheet, and the stories that are put into it, changed and taken out."""

import subprocess
from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone

from articles.models import Article
from articles.terms import Syndication
from articles.tests.build import make_article
from licensing.models import LicenceOrder
from licensing.rights import pictures_of
from licensing.tests.build import (
    complaints,
    fields_of,
    filled_in,
    make_card,
    make_order,
    make_story,
    make_terms,
    post,
    republish_url,
    submit,
    total_in,
)
from licensing.tests.programs import needed
from mail.models import Message

pytestmark = pytest.mark.django_db
FREE, FOR_SALE, ON_REQUEST, NONE = Syndication
UNSEEN = "This is the price, and the way, of what you chose. Look at it, and send the form again."
NASTY = "<script>alert(1)</script>"


@pytest.fixture(autouse=True)
def card():
    make_terms()
    return make_card()


def page_of(client, order: LicenceOrder) -> str:
    answer = client.get(order.get_absolute_url())
    assert answer.status_code == 200
    return answer.content.decode()


def asked(client, story: Article, **changes) -> dict:
    """Return what a browser sends from the button “Keep as a quote”, when nothing is said of who asks."""
    return filled_in(client, story, **{"where": "FR"} | changes) | {"name": "", "email": "", "accepts_terms": "", "country": "", "quote": "1"}


def keep(client, story: Article, **changes) -> LicenceOrder:
    """Press that button, and return the draft that it leads to."""
    answer = post(client, story, asked(client, story, **changes))
    assert answer.status_code == 302, complaints_of_use(answer)
    return LicenceOrder.objects.get(secret=answer["Location"].split("/")[2])


def complaints_of_use(answer) -> list[str]:
    return [str(error) for errors in answer.context["use"].errors.values() for error in errors]


def add_url(order: LicenceOrder, story: Article) -> str:
    return f"{order.get_absolute_url()}stories/{story.short_id}/"


def stories_of(order: LicenceOrder) -> list[tuple[str, str]]:
    return [(str(story), story.price) for story in LicenceOrder.objects.get(pk=order.pk).stories.all()]


# --- Kept


def test_quote_is_kept_without_a_word_of_who_asks(client):
    story = make_story(pictures=[FOR_SALE])

    order = keep(client, story, medium="web", pictures=[image.short_id for image in pictures_of(story)])

    page, until = page_of(client, order), timezone.localdate() + timedelta(days=30)
    assert (order.state, order.email, Message.objects.count(), stories_of(order)) == ("DRAFT", "", 0, [(story.headline, "€125.00")])
    words = [
        order.reference,
        "€125.00 for one story",
        f"It holds until {until:%-d %B %Y}",
        "Picture: The gauge, seen from gate 1",
        "Add another story",
    ]
    assert [each for each in words if each not in page] == []
    assert (f'href="{order.get_absolute_url()}quote.pdf"' in page, "Take out" in page) == (True, False)


def test_same_form_leads_to_the_same_draft_and_another_opening_to_another(client):
    story = make_story()
    typed = asked(client, story)

    answers = [post(client, story, typed) for _ in range(3)] + [post(client, story, asked(client, story))]

    locations = [answer["Location"] for answer in answers]
    assert ([locations.count(location) for location in locations], LicenceOrder.objects.count()) == ([3, 3, 3, 1], 2)


def test_quote_for_one_country_asks_which_and_keeps_what_was_chosen(client):
    story = make_story()

    answer = post(client, story, asked(client, story, where="", term="ever"))

    page = answer.content.decode()
    assert (answer.status_code, complaints_of_use(answer), LicenceOrder.objects.count()) == (200, ["Choose the country."], 0)
    assert ["No quote is kept yet." in page, '<a href="#id_where">Which country</a>: Choose the country.' in page] == [True, True]
    kept = fields_of(answer)
    assert (kept["term"], total_in(kept)) == ("ever", "300.00")


def test_quote_takes_the_country_of_a_billing_address_that_was_typed(client):
    story = make_story()

    post(client, story, asked(client, story, where="", country="IE") | {"country": "IE"})

    assert [order.stories.get().territory for order in LicenceOrder.objects.all()] == ["Ireland"]


@pytest.mark.parametrize("forged", ["0.01", "", "120.00", "NaN", "120.00-0000000000000000"])
def test_quote_at_a_price_that_is_not_ours_is_not_kept(client, forged):
    story = make_story()

    answer = post(client, story, asked(client, story) | {"price_shown": forged})

    assert (complaints_of_use(answer), LicenceOrder.objects.count()) == ([UNSEEN], 0)


def test_quote_of_a_story_that_was_withdrawn_meanwhile_is_not_kept(client):
    story = make_story()
    typed = asked(client, story)
    story.withdraw("It was wrong.")

    assert (post(client, story, typed).status_code, LicenceOrder.objects.count()) == (410, 0)


@pytest.mark.slow
def test_sixty_quotes_an_hour_are_kept_for_one_place(client):
    story = make_story()
    typed = asked(client, story)
    statuses = {post(client, story, typed | {"key": f"{number:022}"}).status_code for number in range(60)}

    answers = [post(client, story, typed), post(Client(REMOTE_ADDR="198.51.100.7"), story, typed)]

    assert (statuses, [answer.status_code for answer in answers], LicenceOrder.objects.count()) == ({302}, [429, 302], 61)


def test_buttons_of_a_draft_are_pressed_on_our_own_pages_only(client):
    order, story = make_order("DRAFT"), make_story(headline="Another")
    addresses = [f"{order.get_absolute_url()}{name}/" for name in (f"drop/{story.short_id}", "price-anew", f"stories/{story.short_id}")]
    addresses += [order.get_absolute_url(), republish_url(story)]

    statuses = [client.post(address, {"quote": "1"}, headers=headers).status_code for address in addresses for headers in ({}, {"Origin": "null"})]

    assert (statuses, len(stories_of(order)), LicenceOrder.objects.count()) == ([403] * 10, 1, 1)


# --- The sheet


def sheet(answer, tmp_path) -> str:
    (tmp_path / "quote.pdf").write_bytes(answer.content)
    return subprocess.run([needed("pdftotext"), "-layout", tmp_path / "quote.pdf", "-"], check=True, capture_output=True, text=True).stdout


def test_quote_can_be_printed(client, tmp_path):
    order = make_order("DRAFT", make_story(pictures=[FOR_SALE, NONE]), choice={"pictures": True, "term": "month"})

    answer = client.get(f"{order.get_absolute_url()}quote.pdf")

    text = " ".join(sheet(answer, tmp_path).split())
    assert (answer.status_code, answer["Content-Type"], answer["Cache-Control"]) == (200, "application/pdf", "no-store")
    assert answer["Content-Disposition"] == f'inline; filename="quote-{order.reference}.pdf"'
    words = [order.reference, "The shepherd’s rain gauge", "A newspaper, in print", "€120.00", "included", "−30 %", "gate 1", "€119.00"]
    assert [each for each in words if each not in text] == []


def test_sheet_names_nothing_that_the_law_took_down(client, tmp_path):
    order = make_order("DRAFT", make_story(pictures=[FOR_SALE]), choice={"pictures": True})
    order.stories.get().article.withdraw("A court has ordered it.", is_legal_takedown=True)

    text = sheet(client.get(f"{order.get_absolute_url()}quote.pdf"), tmp_path)

    assert ["rain gauge" in text, "seen from" in text, "A story that we had to take down" in text] == [False, False, True]


def test_quote_of_a_withdrawn_story_promises_no_price(client, tmp_path):
    order = make_order("DRAFT", make_story())
    order.stories.get().article.withdraw("It was wrong.")

    page, text = page_of(client, order), sheet(client.get(f"{order.get_absolute_url()}quote.pdf"), tmp_path)

    assert ("This quote cannot be ordered as it is" in page, "It holds until" in page, 'id="checkout"' in page) == (True, False, False)
    assert ("cannot be ordered as it is" in text, "To order at this price" in text) == (True, False)


def test_sheet_of_what_the_desk_is_asked_for_says_why_and_offers_no_order(client, tmp_path):
    order = make_order("DRAFT", make_story(Syndication.ON_REQUEST))

    text = " ".join(sheet(client.get(f"{order.get_absolute_url()}quote.pdf"), tmp_path).split())

    assert ("The rights desk has to say yes first" in text, "To order at this price" in text) == (True, False)
    assert [reason for reason in order.stories.get().asks if reason not in text] == []


def test_address_on_the_sheet_can_be_copied_and_clicked(client, tmp_path):
    order = make_order("DRAFT", make_story())
    LicenceOrder.objects.filter(pk=order.pk).update(secret="ab-" * 14 + "c")  # who copies a line that ends with a hyphen loses it
    order.refresh_from_db()
    content = client.get(f"{order.get_absolute_url()}quote.pdf").content

    done = subprocess.run([needed("pdftotext"), "-", "-"], input=content, check=True, capture_output=True)

    address = f"http://localhost:8000{order.get_absolute_url()}"
    assert (address in "".join(done.stdout.decode().split()), f"/URI({address})" in content.decode("latin-1").replace("/URI (", "/URI(")) == (
        True,
        True,
    )


@pytest.mark.parametrize("page", ["quote.pdf", "stories/", "stories/{}/"])
def test_order_that_was_placed_is_no_quote_any_more(client, page):
    order = make_order("ACCEPTED")

    answer = client.get(order.get_absolute_url() + page.format(order.stories.get().article.short_id))

    assert (answer.status_code, answer["Location"]) == (302, order.get_absolute_url())


# --- More stories


def test_search_finds_what_can_be_added_and_says_what_is_free_or_not_ours(client):
    order, lost = make_order("DRAFT"), make_article("The gauge of a draft")
    found = [make_story(terms, headline=f"The gauge, {terms.lower()}") for terms in (FOR_SALE, ON_REQUEST, FREE, NONE)]

    page = client.get(f"{order.get_absolute_url()}stories/", {"q": "gauge"}).content.decode()

    links = [add_url(order, found[0]), add_url(order, found[1]), republish_url(found[2]), republish_url(found[3])]
    assert [f'<a href="{link}">' in page for link in links] == [True] * 4
    assert ["free to republish" in page, "not ours to sell" in page, str(lost) in page] == [True, True, False]


@pytest.mark.parametrize(("words", "said"), [("", 0), ("zebra", 1), ("a" * 201, 0), (NASTY, 1)])
def test_search_that_finds_nothing_says_so(client, words, said):
    order = make_order("DRAFT")

    answer = client.get(f"{order.get_absolute_url()}stories/", {"q": words})

    page = answer.content.decode()
    assert (answer.status_code, page.count("No story has all of these words."), "<script>alert" in page) == (200, said, False)


def test_stories_are_added_each_with_its_own_use_at_their_price(client):
    first = make_story()
    second, order = make_story(headline="The gate", source=first.source, pictures=[FOR_SALE]), make_order("DRAFT", first, choice={"term": "month"})
    opened = fields_of(client.get(add_url(order, second)))
    short_id = pictures_of(second)[0].short_id

    shown = fields_of(submit(client, add_url(order, second), opened | {"medium": "web", "pictures": [short_id], "price": "1"}))
    answer = submit(client, add_url(order, second), shown)

    assert ([opened[name] for name in ("medium", "term", "where")], total_in(shown)) == (["print", "month", "FR"], "98.00")
    assert (answer["Location"], stories_of(order)) == (order.get_absolute_url(), [(str(first), "€84.00"), ("The gate", "€98.00")])
    assert "€182.00 for 2 stories" in page_of(client, order)


def test_story_that_is_in_the_draft_is_changed_in_its_place(client):
    first = make_story()
    order = make_order("DRAFT", first, make_story(headline="The gate", source=first.source))
    opened = fields_of(client.get(add_url(order, first), {"medium": "web"}))

    submit(client, add_url(order, first), opened)

    assert (opened["medium"], stories_of(order)) == ("web", [(str(first), "€90.00"), ("The gate", "€120.00")])


@pytest.mark.parametrize("forged", ["0.01", "120.00", ""])
def test_story_is_not_added_at_a_price_that_is_not_ours(client, forged):
    order, second = make_order("DRAFT"), make_story(headline="The gate")

    answer = submit(client, add_url(order, second), fields_of(client.get(add_url(order, second))) | {"price_shown": forged})

    assert (answer.status_code, complaints(answer), len(stories_of(order))) == (200, [UNSEEN], 1)


@pytest.mark.parametrize("terms", [FREE, NONE])
def test_story_that_is_not_sold_leads_to_its_own_page(client, terms):
    order, other = make_order("DRAFT"), make_story(terms, headline="The gate")

    answers = [client.get(add_url(order, other)), submit(client, add_url(order, other), {"medium": "web"})]

    assert ([answer["Location"] for answer in answers], len(stories_of(order))) == ([republish_url(other)] * 2, 1)


def test_story_that_readers_cannot_see_is_not_found(client):
    order, draft = make_order("DRAFT"), make_article()

    addresses = [add_url(order, draft), f"{order.get_absolute_url()}stories/2222222/"]

    assert [client.get(address).status_code for address in addresses] == [404, 404]


# --- Taken out


def test_story_is_taken_out_and_the_last_one_stays(client):
    first = make_story()
    order, other = make_order("DRAFT", first, make_story(headline="The gate", source=first.source)), make_order("DRAFT", first)
    nowhere, gate = make_story(headline="Nowhere", source=first.source), order.stories.last().article

    answers = [submit(client, f"{order.get_absolute_url()}drop/{story.short_id}/") for story in (nowhere, first, gate, nowhere)]

    assert [answer["Location"] for answer in answers] == [order.get_absolute_url()] * 4
    assert ([stories_of(order), stories_of(other)], "€120.00 for one story" in page_of(client, order)) == (
        [[("The gate", "€120.00")], [(str(first), "€120.00")]],
        True,
    )
