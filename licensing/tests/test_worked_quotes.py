"""The quotes that docs/worked-quotes.md works out by hand: that page is the data, card and quotes alike."""

import re
from dataclasses import dataclass, field
from datetime import timedelta
from decimal import Decimal
from pathlib import Path

import pytest
from django.utils import timezone
from django_countries import countries

from articles.models import Article
from articles.terms import Syndication
from articles.tests.build import make_article, make_figure, make_image, make_source
from licensing.models import ONE_COUNTRY, RateCard
from licensing.quotes import Choice, make_quote
from licensing.tests.build import make_card

PAGE = Path(__file__).parents[2] / "docs" / "worked-quotes.md"
PERCENT = re.compile(r" \(([+−][\d.]+) %\)$")
TOTALS = {"Total": False, "Known so far": True}  # and whether the price is open


@dataclass
class Section:
    """A part of the page: its heading, its rows of tables, and its paragraphs."""

    heading: str
    rows: list[list[str]] = field(default_factory=list)
    words: list[str] = field(default_factory=list)


def sections() -> list[Section]:
    found = []
    for line in PAGE.read_text().splitlines():
        if line.startswith("#"):
            found.append(Section(line.lstrip("# ")))
        elif line.startswith("|"):
            found[-1].rows.append([cell.strip() for cell in line.strip("|").split("|")])
        elif line:
            found[-1].words.append(line)
    return found


def number(text: str) -> Decimal:
    return Decimal(text.replace("−", "-").replace(",", "").removesuffix(" %"))


def worked_quotes() -> list:
    """Return each quote's section with the currency of the chapter that it stands in."""
    currency, found = "", []
    for section in sections():
        if chapter := re.fullmatch("Quotes in ([A-Z]{3})", section.heading):
            currency = chapter[1]
        elif re.match(r"\d+\. ", section.heading):
            found.append(pytest.param(currency, section, id=section.heading))
    return found


# --- From the page to the database


def card_of(currency: str) -> RateCard:
    """Make the rate card that the page shows."""
    section = next(section for section in sections() if section.heading == f"Rate card in {currency}")
    rates, besides = {}, {}
    for cells in section.rows:
        if len(cells) == 2:
            besides[cells[0]] = cells[1]
        elif cells[0].islower():
            question, key, name, cost, more = cells
            rates.setdefault(question.upper(), []).append((key, name, cost_of(cost) | limits_of(more)))
    bound = besides.get("The desk looks at what costs more than")
    return make_card(
        rates, picture_fee=number(besides["Each picture"]), minimum_fee=number(besides["Least fee"]), currency=currency,
        desk_above=number(bound) if bound else None, quote_days=int(besides["Days that a quote holds"]),
    )  # fmt: skip


def cost_of(text: str) -> dict:
    return {"percent" if text.endswith("%") else "fee": number(text)}


def limits_of(text: str) -> dict:
    if found := re.fullmatch(r"(\d+) months?", text):
        return {"months": int(found[1])}
    if found := re.fullmatch(r"at most ([\d,]+)(?: words)?", text):
        return {"most": int(number(found[1]))}
    if re.fullmatch("[A-Z]{2}(, [A-Z]{2})*", text):
        return {"countries": text.split(", ")}
    return {"": {}, "the desk names the price": {"desk": "PRICES"}, "the desk says yes first": {"desk": "APPROVES"}}[text]


def story() -> Article:
    """Make the story that the page is about."""
    made = make_article(source=make_source("The Halyard", is_ours=True, syndication=Syndication.FOR_SALE))
    for alt_text, holder, terms in next(section for section in sections() if section.heading == "The story").rows[2:]:
        make_figure(made, image=make_image(alt_text, 64, 48, copyright_holder=holder, syndication=Syndication[terms_key(terms)]))
    made.publish()
    return Article.objects.for_licensing().get(pk=made.pk)


def terms_key(label: str) -> str:
    return next(terms.name for terms in Syndication if terms.label == label)


def choice_of(card: RateCard, article: Article, reasons: list[str]) -> Choice:
    """Return what somebody has chosen who reads these lines: an answer stands there by its name, one country by its own."""
    rates = {rate.name: rate for rate in card.rates.all()}
    answers, country = {}, ""
    for name in (PERCENT.sub("", reason) for reason in reasons):
        if name in rates:
            answers[rates[name].question.lower()] = rates[name]
        elif code := countries.by_name(name):
            answers["territory"], country = card.rates.get(question="TERRITORY", key=ONE_COUNTRY), code
    for rate in card.rates.filter(question="DISCOUNT", key="none"):
        answers.setdefault("discount", rate)
    images = [figure.image for figure in article.figures.all()]
    named = {image.short_id for image in images if any(image.alt_text in reason for reason in reasons)}
    return Choice(**answers, country=country, pictures=frozenset(named))


# --- The test


def test_page_works_out_twelve_quotes_and_uses_every_answer_of_its_card():
    text = PAGE.read_text()
    answers = re.findall(r"^\| (?:[a-z]+) \| [a-z-]+ \| (.+?) \|", text.partition("## Rate card in JPY")[0], re.MULTILINE)
    lines = [PERCENT.sub("", cells[0]) for parameters in worked_quotes() for cells in parameters.values[1].rows]

    assert [parameters.id.split(".")[0] for parameters in worked_quotes()] == [str(each) for each in range(1, 13)]
    assert [name for name in answers if name not in lines] == ["One country", "None of these"]  # whose lines are the country's name, and none


@pytest.mark.django_db
@pytest.mark.parametrize(("currency", "section"), worked_quotes())
def test_quote_is_what_was_worked_out_by_hand(currency, section, settings):
    settings.PUBLICATION_NAME = "The Halyard"
    card, article = card_of(currency), story()
    *rows, (label, _, total) = section.rows[2:]

    quote = make_quote(card, article, choice_of(card, article, [reason for reason, _, _ in rows]))

    assert [(line.reason, "–" if line.is_left_out else f"{line.amount:,}".replace("-", "−")) for line in quote.lines] == [
        (reason, amount) for reason, _, amount in rows
    ]
    assert (f"{quote.total:,}", quote.is_open, quote.refusal) == (total, TOTALS[label], None)
    outcome = f"Waits for the rights desk: {' '.join(f'*{reason}*' for reason in quote.asks)}" if quote.asks else "Sold at once."
    assert section.words[-1] == outcome
    assert quote.valid_until == timezone.localdate() + timedelta(days=card.quote_days)


@pytest.mark.parametrize(("currency", "section"), worked_quotes())
def test_percentages_of_a_worked_quote_are_of_the_sum_so_far(currency, section):
    so_far = Decimal(0)

    for reason, worked_out, amount in section.rows[2:-1]:
        percent = PERCENT.search(reason)
        assert worked_out == (f"{percent[1].lstrip('+−')} % of {so_far:,}" if percent else "")
        so_far += Decimal(0) if amount == "–" else number(amount)

    assert so_far == number(section.rows[-1][2])
