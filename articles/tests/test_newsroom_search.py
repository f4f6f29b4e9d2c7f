"""The list of stories in the newsroom: what is found in it, what it is narrowed to, and how much it asks of the database."""

from datetime import UTC, datetime, timedelta

import pytest
from django.contrib.messages import get_messages
from django.utils import timezone

from articles.admin import story_lists
from articles.models import Article, Contribution
from articles.search import TooSlow
from articles.tests.build import make_article, make_author, make_figure, make_image, make_section, make_source, make_topic
from articles.tests.newsroom import EDITOR, sign_in

pytestmark = pytest.mark.django_db
LIST = "/admin/articles/article/"
AUTOCOMPLETE = "/admin/autocomplete/"
STORY = {"app_label": "articles", "model_name": "frontpagestory", "field_name": "article"}
CHOSEN = ("topic", "author", "source", "language", "pictures", "terms", "published_on__year")
MAY = datetime(2024, 5, 6, 12, tzinfo=UTC)


@pytest.fixture
def editor():
    return sign_in("editor", *EDITOR, "articles.view_frontpagestory", "articles.add_frontpagestory")


def listed(client, **asked) -> list[str]:
    """Return the headlines of the list, in order."""
    response = client.get(LIST, asked)
    assert response.status_code == 200
    return [story.headline for story in response.context["cl"].result_list]


def said(client, **asked) -> list[str]:
    return [str(message) for message in get_messages(client.get(LIST, asked).wsgi_request)]


def offered(client, typed: str) -> list[str]:
    """Return what a form of another row offers to somebody who has typed so far."""
    return [row["text"] for row in client.get(AUTOCOMPLETE, STORY | {"term": typed}).json()["results"]]


# --- What is found


@pytest.mark.parametrize(
    "words",
    [
        "dues", "DUES", "rising dues", "assembly", "voting", "dawn", '"dues rise"', "dues -ferry", "nonsense OR dawn", "cafe", "café",
        "skippers", "tariff", "Zoë", "angstrom", "strand", '"owen strand"', "dinghy", "windmill", "dinghy angstrom dawn",
    ],
)  # fmt: skip
@pytest.mark.parametrize("publish", [False, True])
def test_story_is_found_by(editor, words, publish):
    article = make_article(
        "Harbour dues rise", kicker="Tariffs", standfirst="Skippers protest.", authors=["Zoë Ångström"],
        body="<p>The assembly voted at <em>dawn</em> on the café’s terrace.</p>",
    )  # fmt: skip
    make_figure(article, "A dinghy beside the lighthouse", make_image(credit="Photo: Owen Strand"), is_lead=True)
    make_figure(article, "A lost picture of a windmill")
    make_article("Another matter")
    if publish:
        article.publish()

    assert listed(editor, q=words) == ["Harbour dues rise"]


@pytest.mark.parametrize("words", ['"rise dues"', "dues -dawn", "unheardof", "em", "=section", "=pictures", "'=pictures'", "DRAFT"])
def test_story_is_not_found_by(editor, words):
    article = make_article("Harbour dues rise", body="<p>The assembly voted at <em>dawn</em>.</p>")
    make_figure(article, image=make_image())

    assert listed(editor, q=words) == []


def test_photographer_of_a_draft_who_is_replaced_is_found_no_more(editor):
    article = make_article()
    contribution = article.contributions.create(author=make_author("Owen Strand"), role=Contribution.Role.PHOTOGRAPHER)
    before = listed(editor, q="strand")

    contribution.delete()

    assert (before, listed(editor, q="strand")) == ([article.headline], [])


def test_stories_in_every_state_are_found_the_unpublished_first(editor):
    draft, review = make_article("Ferry draft"), make_article("Ferry review", status=Article.Status.IN_REVIEW)
    printed = make_article("Ferry printed", published_at=MAY, publish=True)
    withdrawn = make_article("Ferry withdrawn", published_at=MAY + timedelta(days=1), publish=True)
    withdrawn.withdraw("Wrong.")
    scheduled = make_article("Ferry scheduled", published_at=timezone.now() + timedelta(days=1), publish=True)
    make_article("Another matter", body="<p>Nothing.</p>")

    stories = [review, draft, scheduled, withdrawn, printed]
    assert listed(editor, q="ferry") == [story.headline for story in stories]
    assert listed(editor, q="ferry", status__exact="DRAFT") == ["Ferry draft"]
    assert listed(editor, q="ferry", status__exact="WITHDRAWN") == ["Ferry withdrawn"]


def test_story_is_found_by_its_permanent_address(editor):
    article = make_article("Harbour dues rise", publish=True)
    make_article()

    addresses = (article.short_id, f" {article.short_id} ", f"/s/{article.short_id}/", f"https://example.org/s/{article.short_id}")

    assert [listed(editor, q=address) for address in addresses] == [["Harbour dues rise"]] * 4


def test_story_is_listed_once_however_much_of_it_fits(editor):
    author = make_author("Ines Calloway")
    article = make_article("Ferry late", topics=["Ferries", "Tides"], authors=[author])
    article.contributions.create(author=author, role=Contribution.Role.PHOTOGRAPHER)
    for _number in range(2):
        make_figure(article, "The ferry", make_image(credit="Photo: Ines Calloway"))

    response = editor.get(LIST, {"q": "ferry calloway", "author": author.pk, "topic": make_topic("Ferries").pk, "pictures": "yes"})

    assert [story.headline for story in response.context["cl"].result_list] == ["Ferry late"]
    assert response.context["cl"].result_count == 1
    assert "DISTINCT" not in str(response.context["cl"].queryset.query)


def test_search_keeps_the_order_that_was_chosen(editor):
    for headline in ("Ferry B", "Ferry C", "Ferry A"):
        make_article(headline)

    assert listed(editor, q="ferry", o="1") == ["Ferry A", "Ferry B", "Ferry C"]
    assert listed(editor, q="ferry", o="-1") == ["Ferry C", "Ferry B", "Ferry A"]


@pytest.mark.parametrize(("order", "first"), [("", ["Ferry 3", "Ferry 2"]), ("1", ["Ferry 0", "Ferry 1"])])
def test_search_that_finds_too_much_lists_the_first_and_says_so(editor, monkeypatch, order, first):
    monkeypatch.setattr(story_lists, "MOST", 2)
    for number in range(4):
        make_article(f"Ferry {number}", published_at=MAY + timedelta(days=number), publish=True)

    assert listed(editor, q="ferry", o=order) == first
    assert said(editor, q="ferry")[0].startswith("More than 1,000 stories hold “ferry”")
    assert said(editor, q='"ferry 3"') == []


# --- What is not searched for


@pytest.mark.parametrize("words", ["the", "!!!", '"', "-", "🦀", "-harbour", "-harbour -ferry", "OR", "<!>"])
def test_search_for_what_nearly_every_story_fits_lists_nothing_and_says_why(editor, words):
    make_article()

    assert said(editor, q=words) == [f"Nearly every story fits “{words}”. Add a word that a story must hold, a rarer one."]
    assert listed(editor, q=words) == []


def test_stories_without_a_word_are_found_among_those_that_the_list_is_narrowed_to(editor):
    make_article("Ferry early", section=make_section("Sport"), body="<p>The ferry was early.</p>")
    make_article("Match late", section=make_section("Sport"), body="<p>The match was late.</p>")
    make_article("Court late", section=make_section("Court"), body="<p>The court was late.</p>")

    assert listed(editor, q="-ferry", section__id__exact=make_section("Sport").pk) == ["Match late"]


@pytest.mark.parametrize(
    "words", ['"ferry', "ferry'", "ferry \\", "(ferry", "ferry & | !", "ferry:*", "%", "%00", "-", "''", "<->", "a" * 200, "\ue000", "‮מבחן", "1" * 30]
)
def test_odd_input_is_answered(editor, words):
    make_article()

    assert editor.get(LIST, {"q": words}).status_code == 200
    assert editor.get(AUTOCOMPLETE, STORY | {"term": words}).status_code == 200


@pytest.mark.parametrize("words", ["ferry " * 34, "a" * 201, "ferry " * 20_000])
def test_search_that_is_too_long_lists_nothing_and_says_why(editor, words):
    make_article()

    assert said(editor, q=words) == ["That is too long to search for. Use at most 200 letters: the few words that matter."]
    assert listed(editor, q=words) == []
    assert editor.get(AUTOCOMPLETE, STORY | {"term": words}).status_code == 200


def test_nul_is_a_bad_request(editor):
    assert editor.get(f"{LIST}?q=ferry%00").status_code == 400


def test_search_that_takes_too_long_lists_nothing_and_says_why(editor, monkeypatch):
    make_article()

    def late(_entries):
        raise TooSlow

    monkeypatch.setattr(story_lists, "keys", late)

    assert said(editor, q="ferry")[0].startswith("That search takes longer than we let one take.")
    assert listed(editor, q="ferry") == []


@pytest.mark.parametrize("words", ["", "   "])
def test_nothing_to_search_for_lists_everything(editor, words):
    article = make_article()

    assert (listed(editor, q=words), said(editor, q=words)) == ([article.headline], [])


# --- Who may see it


def test_nobody_without_permission_sees_what_is_found(client):
    make_article("Secret dues", body="<p>Secret.</p>")

    strangers = [client, sign_in("reader"), sign_in("librarian", "articles.view_topic", "articles.view_frontpagestory")]

    for address, asked in ((LIST, {"q": "secret"}), (LIST, {"pictures": "no"}), (AUTOCOMPLETE, STORY | {"term": "secr"})):
        answers = [stranger.get(address, asked) for stranger in strangers]
        assert [answer.status_code for answer in answers] == [302, 403, 403]
        assert ["Secret" in answer.text for answer in answers] == [False] * 3


# --- What the list is narrowed to


def test_list_is_narrowed_by_each_of_the_filters_and_by_words_as_well(editor):
    sport, tides, owen, gazette = make_section("Sport"), make_topic("Tides"), make_author("Owen Strand"), make_source("The Merrow Gazette")
    make_article("Ferry of sport", section=sport)
    make_article("Ferry of tides", topics=[tides, "Ferries"])
    make_article("Ferry of Owen", authors=[owen])
    make_article("Ferry of the Gazette", source=gazette)
    make_article("Ferry of May", published_at=MAY, publish=True)
    make_article("Ferry in Danish", language="da")
    make_article("Ferry in British", language="")
    make_figure(make_article("Ferry pictured"), image=make_image())
    make_figure(make_article("Ferry with a lost picture"))
    make_article("Plain", body="<p>None of it.</p>", section=sport, topics=[tides], authors=[owen], source=gazette, language="da")
    filters = [{"section__id__exact": sport.pk}, {"topic": tides.pk}, {"author": owen.pk}, {"source": gazette.pk}, {"language": "da"}]

    assert [listed(editor, q="ferry", **each) for each in filters] == [
        ["Ferry of sport"], ["Ferry of tides"], ["Ferry of Owen"], ["Ferry of the Gazette"], ["Ferry in Danish"],
    ]  # fmt: skip
    assert [listed(editor, **each)[0] for each in filters] == ["Plain"] * 5
    assert [len(listed(editor, **each)) for each in filters] == [2] * 5
    assert listed(editor, published_on__year=2024) == ["Ferry of May"]
    assert listed(editor, published_on__year=2024, published_on__month=5, published_on__day=6, q="may") == ["Ferry of May"]
    assert listed(editor, published_on__year=2024, published_on__month=6) == []
    assert listed(editor, pictures="yes") == ["Ferry pictured"]
    assert len(listed(editor, pictures="no")) == 9
    assert len(listed(editor, language="en-gb")) == 8


def test_draft_is_found_by_a_topic_alone(editor):
    make_article("Ferry early", topics=["Tides"])
    make_article("Ferry late", topics=["Ferries"])

    assert listed(editor, topic=make_topic("Tides").pk) == ["Ferry early"]


def test_terms_of_story_and_source_decide_what_can_be_republished(editor):
    free, unknown = make_source("The Halyard", syndication="FREE"), make_source("The Lamp", syndication="ON_REQUEST")
    barred = make_source("The Agency", syndication="NONE", rights_contact="desk@agency.example")
    make_article("No source")
    make_article("Free", source=free)
    make_article("On request", source=unknown)
    make_article("Kept back", source=free, syndication="NONE")
    make_article("The agency’s", source=barred)
    make_article("The agency’s, called free", source=barred, syndication="FREE")

    assert listed(editor, terms="yes") == ["On request", "Free", "No source"]
    assert listed(editor, terms="no") == ["The agency’s, called free", "The agency’s", "Kept back"]


@pytest.mark.parametrize("rubbish", ["abc", "-1", "9" * 30, "²", "1,2", "'", "2024-05"])
@pytest.mark.parametrize("name", [*CHOSEN, "published_on__month", "status__exact", "section__id__exact"])
def test_filter_by_what_is_none_is_answered(editor, name, rubbish):
    make_article(published_at=MAY, publish=True)

    assert editor.get(LIST, {name: rubbish}).status_code in {200, 302}
    assert editor.get(LIST, {name: rubbish, "q": "ferry", "published_on__day": "99"}).status_code in {200, 302}


def test_form_of_filters_that_are_left_empty_narrows_nothing(editor):
    article = make_article()

    assert listed(editor, **dict.fromkeys(CHOSEN, "")) == [article.headline]


def test_filters_show_what_is_chosen_and_what_can_be(editor):
    make_article(topics=["Tides"], language="da", published_at=MAY, publish=True)

    page = editor.get(LIST, {"topic": make_topic("Tides").pk, "published_on__year": 2024}).text

    for shown in (">Tides</option>", ">2024</option>", ">Danish</option>", ">Can be republished</option>", ">With pictures</option>", "May 2024"):
        assert shown in page.replace(" selected", "")


# --- Choosing a story in the form of another row


def test_story_is_offered_by_half_a_word_of_its_headline(editor):
    make_article("Harbour dues rise", published_at=MAY, publish=True)
    make_article("Harbour café closes")
    make_article("Another matter", body="<p>The harbour dues.</p>")

    assert offered(editor, "harb") == ["Harbour café closes", "Harbour dues rise"]
    assert offered(editor, "harbour du") == ["Harbour dues rise"]
    assert offered(editor, "CAF") == ["Harbour café closes"]
    assert offered(editor, "arbour") == []
    assert offered(editor, Article.objects.get(headline="Another matter").short_id) == ["Another matter"]
    assert len(offered(editor, "")) == 3


# --- What it asks of the database

ASKED = [
    ({}, 9),
    ({"q": "ferry"}, 11),
    ({"q": "ferry", "status__exact": "DRAFT"}, 11),
    ({"q": "ferry", "section__id__exact": 1}, 11),
    ({"q": "ferry", "topic": 1}, 12),
    ({"q": "ferry", "author": 1}, 12),
    ({"q": "ferry", "source": 1}, 12),
    ({"q": "ferry", "published_on__year": 2024}, 12),
    ({"q": "ferry", "language": "da"}, 11),
    ({"q": "ferry", "pictures": "yes"}, 11),
    ({"q": "ferry", "terms": "yes"}, 11),
]


@pytest.mark.parametrize(("asked", "queries"), ASKED)
@pytest.mark.parametrize("stories", [3, 30])
def test_list_takes_the_same_few_queries_however_many_stories(editor, django_assert_num_queries, asked, queries, stories):
    section, topic, author, source, image = make_section(), make_topic(), make_author(), make_source(), make_image()
    for number in range(stories):
        fields = {"section": section, "source": source, "language": "da", "published_at": MAY}
        article = make_article(f"Ferry {number}", topics=[topic], authors=[author], publish="status__exact" not in asked, **fields)
        make_figure(article, image=image)
    keys = {"section__id__exact": section.pk, "topic": topic.pk, "author": author.pk, "source": source.pk}
    asked = {name: keys.get(name, value) for name, value in asked.items()}

    with django_assert_num_queries(queries):
        response = editor.get(LIST, asked)

    assert response.context["cl"].result_count == stories
