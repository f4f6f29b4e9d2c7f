"""Whatever stands in the address of a search or a list, the answer is a clear page."""

import html
import re
from datetime import UTC, datetime, timedelta
from urllib.parse import urlencode

import pytest

from articles.search import running
from articles.tests.build import make_article, make_section, make_source
from articles.tests.test_lists import headlines, make_listed, make_many

pytestmark = pytest.mark.django_db

NOON = datetime(2024, 5, 6, 12, tzinfo=UTC)
MADE_UP = "2222222"
LISTS = ("/section/harbour/", "/topic/ferries/", "/author/ines-calloway/", "/source/the-halyard/", "/2024/", "/2024/05/", "/2024/05/06/")
NO_PERIOD = "Write a year such as 1998, or a month such as 1998-05, that is not to come."
NO_PLACE = "This page of the list is not there. Here it is from the beginning."
NO_ORDER = "This time ends before it begins. Write the earlier one first."
TOO_SLOW = "That search takes longer than we let one take. Add a word, or narrow it to a section or some years."
FEW_WORDS = "Add a word that a story must hold"
TOO_LONG = "That is too long to search for."


def answer(client, address: str) -> tuple[int, list[str], list[str]]:
    """Return the status of a page, what it complains of, and the headlines on it."""
    response = client.get(address)
    page = html.unescape(response.content.decode())
    said = re.findall(r'<p class="(?:search__error|notice)" role="alert">(.*?)</p>', page, re.DOTALL)
    return response.status_code, [words.strip() for words in said], headlines(page)


def typed(client, query: str) -> str:
    """Return what stands in the box of a search."""
    page = client.get(f"/search/?{query}").content.decode()
    box = re.search(r'<input type="search" name="q"[^>]* id="id_q">', page)[0]
    value = re.search(r' value="([^"]*)"', box)
    return html.unescape(value[1]) if value else ""


@pytest.mark.parametrize(
    ("words", "says"),
    [
        ("a" * 201, TOO_LONG), ("ferry " * 5000, TOO_LONG), ("🦀" * 201, TOO_LONG), ("-ferry", FEW_WORDS), ("- - -", FEW_WORDS), ("OR", FEW_WORDS),
        ("-ferry OR late", FEW_WORDS), ("& | ! <-> ( ) :*", FEW_WORDS), ('"""', FEW_WORDS), ("%", FEW_WORDS), ("\\", FEW_WORDS),
        ("the and of", FEW_WORDS), ("fer\x00ry", "Null"),
    ],
)  # fmt: skip
def test_words_that_cannot_be_searched_for_are_refused_and_kept_in_the_box(client, words, says):
    make_article(publish=True)

    status, said, found = answer(client, f"/search/?{urlencode({'q': words})}")

    assert (status, len(said), found) == (400, 1, [])
    assert said[0].startswith(says) or says in said[0]
    assert typed(client, urlencode({"q": words})) == words


@pytest.mark.parametrize(
    "words",
    [
        '"ferry late', 'ferry"', '"ferry" "late', "“ferry late”", "ferry & late", "ferry | late", "!ferry ferry", "(ferry", "ferry)", "ferry:*",
        "ferry <-> late", "ferry OR", "OR ferry", "ferry OR OR late", "ferry -", "ferry - -", "ferry\\", "'ferry'", "ferry''", "ferry%", "ferry_",
        "=ferry", "ferry\ttoday", "FERRY", "ferry\u202e", "ferry\ufffd", "a:A* ferry OR ferry", "{ferry}", "ferry " * 33,
        " ".join(f"w{n} OR" for n in range(28)) + " ferry",
    ],
)  # fmt: skip
def test_odd_signs_round_words_do_no_harm_and_stay_in_the_box(client, words):
    make_article("Ferry late today", publish=True)

    status, said, _ = answer(client, f"/search/?{urlencode({'q': words})}")

    assert (status, said) == (200, [])
    assert typed(client, urlencode({"q": words})) == words


@pytest.mark.parametrize(
    "period", ["2019-13", "2019-00", "2019-1", "0999", "1000", "9999", "2019-05-06", "19", "-2019", "٢٠١٩", "2019\x00", "May 2019", "2" * 5000]
)  # fmt: skip
@pytest.mark.parametrize("name", ["since", "until"])
def test_time_that_does_not_exist_is_refused(client, name, period):
    make_listed("Ferry late")
    query = urlencode({name: period})

    search, section = answer(client, f"/search/?q=ferry&{query}"), answer(client, f"/section/harbour/?{query}")

    says = "Null characters are not allowed." if "\x00" in period else NO_PERIOD
    assert (search, section) == ((400, [says], []), (400, [says], ["Ferry late"]))
    assert typed(client, f"q=ferry&{query}") == "ferry"


@pytest.mark.parametrize(("since", "until"), [("2020", "2019"), ("2019-06", "2019-05"), ("2024-01", "2023")])
def test_time_that_ends_before_it_begins_is_refused(client, since, until):
    make_listed("Ferry late")

    pages = [answer(client, f"{address}since={since}&until={until}") for address in ("/search/?q=ferry&", "/section/harbour/?")]

    assert pages == [(400, [NO_ORDER], []), (400, [NO_ORDER], ["Ferry late"])]


@pytest.mark.parametrize(
    ("since", "until"), [(" 2019 ", "2019"), ("2019-06", "2019"), ("2019", "2019-05"), ("2019-05", "2019-05"), ("1500", "2024-12")]
)
def test_time_that_begins_and_ends_in_one_year_or_month_is_one(client, since, until):
    make_listed("Ferry late")

    assert answer(client, f"/search/?q=ferry&{urlencode({'since': since, 'until': until})}")[:2] == (200, [])


@pytest.mark.parametrize("kind", ["topic", "author", "source"])
def test_subject_of_a_draft_alone_answers_as_one_that_does_not_exist(client, kind):
    make_listed("Ferry late")
    make_listed("Draft", publish=False, topics=["Secret"], authors=["Secret"], section=make_section("Secret"), source=make_source("Secret"))

    draft, nowhere = (answer(client, f"/search/?q=ferry&{kind}={slug}") for slug in ("secret", "nowhere"))

    assert draft == nowhere == (400, [f"There is no such {kind} here."], [])


def test_filter_that_was_refused_is_not_kept_for_the_next_search(client):
    make_listed("Ferry late")

    page = client.get("/search/?q=ferry&section=nowhere&since=2019-13&topic=ferries").content.decode()

    assert re.findall(r'<input type="hidden" name="(\w+)" value="([^"]*)">', page) == [("topic", "ferries")]


def test_hundreds_of_filters_and_the_same_one_many_times_mean_the_last(client):
    make_listed("Ferry late")
    make_listed("Ferry late in May", section=make_section("City"))
    many = urlencode([("section", f"no-{number}") for number in range(800)] + [("section", "city")])
    unknown = urlencode([(f"filter{number}", "x") for number in range(900)])

    assert answer(client, f"/search/?q=ferry&{many}") == (200, [], ["Ferry late in May"])
    assert answer(client, f"/search/?q=bus&q=ferry&sort=newest&{unknown}")[2] == ["Ferry late in May", "Ferry late"]
    assert typed(client, "q=bus&q=ferry") == "ferry"


@pytest.mark.parametrize("sort", ["NEWEST", "'", "\x00", "x" * 5000])
def test_order_that_is_none_is_refused(client, sort):
    status, said, _ = answer(client, f"/search/?{urlencode({'q': 'ferry', 'sort': sort})}")

    assert (status, len(said)) == (400, 1)


@pytest.mark.parametrize("address", [*LISTS, "/search/?q=ferry&sort=newest"])
def test_place_of_a_draft_answers_as_one_made_up(client, address):
    make_listed("Ferry late")
    secret = [
        make_listed("Draft", publish=False),
        make_listed("Scheduled", NOON.replace(year=2090)),
        make_listed("Embargoed", embargoed_until=NOON.replace(year=2090)),
    ]
    mark = "&" if "?" in address else "?"

    pages = [answer(client, f"{address}{mark}before={place}") for place in (MADE_UP, *(story.short_id for story in secret))]

    assert pages == [(400, [NO_PLACE], ["Ferry late"])] * 4


@pytest.mark.parametrize("address", [*LISTS, "/search/?q=ferry&sort=newest"])
def test_place_of_another_list_means_its_moment(client, address):
    make_listed("Younger", NOON)
    make_listed("Older", NOON - timedelta(hours=2))
    other = make_article("Bus late", section=make_section("City"), body="<p>Nothing.</p>", published_at=NOON - timedelta(hours=1), publish=True)

    assert answer(client, f"{address}{'&' if '?' in address else '?'}before={other.short_id}") == (200, [], ["Older"])


@pytest.mark.parametrize("sort", ["", "&sort=best"])
def test_place_that_is_not_among_the_best_is_refused(client, sort):
    make_listed("Ferry late")
    other = make_article("Bus late", body="<p>Nothing.</p>", publish=True)

    assert answer(client, f"/search/?q=ferry{sort}&after={other.short_id}") == (400, [NO_PLACE], ["Ferry late"])


@pytest.mark.parametrize("query", ["sort=newest&after={}", "sort=oldest&before={}", "before={}"])
def test_place_of_another_order_is_not_heeded(client, query):
    story = make_listed("Ferry late")

    assert answer(client, f"/search/?q=ferry&{query.format(story.short_id)}") == (200, [], ["Ferry late"])


def test_place_that_is_not_there_leaves_the_list_narrowed(client):
    make_listed("Ferry late")
    make_listed("Long ago", NOON.replace(year=1999))

    pages = [
        answer(client, f"{address}since=1999&until=1999&before={MADE_UP}") for address in ("/section/harbour/?", "/search/?q=ferry&sort=newest&")
    ]

    assert pages == [(400, [NO_PLACE], ["Long ago"])] * 2


def test_list_is_not_narrowed_by_half_of_a_time_that_is_refused(client):
    make_listed("Ferry late")
    make_listed("Long ago", NOON.replace(year=1999))

    page = client.get("/section/harbour/?since=2019&until=2019-13").content.decode()

    assert (headlines(page), "Only what was published" in page) == (["Ferry late", "Long ago"], False)


def test_list_past_its_end_says_that_there_is_no_more(client):
    story = make_listed("Ferry late")

    pages = {address: answer(client, f"{address}?before={story.short_id}") for address in LISTS}

    assert pages == dict.fromkeys(LISTS, (200, [], []))


@pytest.fixture
def slow(transactional_db, monkeypatch):
    """An archive that takes longer to search than is allowed."""
    make_many(400)
    monkeypatch.setattr(running, "ONLY_HERE", "SET LOCAL enable_seqscan = off; SET LOCAL statement_timeout = 1; ")


@pytest.mark.parametrize("words", ["ferry", "ferry -unheard", '"the ferry"'])
def test_search_that_takes_too_long_is_refused_and_leaves_the_connection_whole(client, slow, words, monkeypatch):
    refused = answer(client, f"/search/?{urlencode({'q': words})}")
    monkeypatch.undo()
    after = answer(client, f"/search/?{urlencode({'q': words})}")

    assert refused == (400, [TOO_SLOW], [])
    assert (after[0], len(after[2])) == (200, 20)


def test_feed_of_a_search_that_takes_too_long_is_refused_and_suggestions_are_left_out(client, slow):
    feed, suggested = client.get("/search/rss.xml?q=ferry"), client.get("/search/suggestions/?q=ferry")

    assert (feed.status_code, feed.content.decode()) == (400, f"{TOO_SLOW}\n")
    assert (suggested.status_code, suggested.json()) == (200, ["ferry", [], [], []])
