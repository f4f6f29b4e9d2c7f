"""What readers find on the pages: the article, the republish page, the static pages, and what stands where nothing is."""

import html
import re
from datetime import UTC, datetime

import pytest
from django.contrib.flatpages.models import FlatPage
from django.utils.html import strip_tags

from articles.models import Article
from articles.tests.build import make_article, make_author, make_figure, make_image, make_source

pytestmark = pytest.mark.django_db

MAY = datetime(2024, 5, 6, 9, 30, tzinfo=UTC)


def main_of(response) -> str:
    """Return the markup of the page's main content."""
    return re.search(r"<main.*</main>", response.content.decode(), re.DOTALL)[0]


def text_of(response) -> str:
    """Return the words of the page's main content as they are read."""
    return " ".join(html.unescape(strip_tags(main_of(response).replace("<", " <"))).split())


def links_of(response, marked="") -> list[tuple[str, str]]:
    """Return (address, words) of the links in the main content whose tag holds `marked`."""
    return [
        (href, html.unescape(words)) for href, rest, words in re.findall(r'<a href="([^"]*)"([^>]*)>([^<]*)</a>', main_of(response)) if marked in rest
    ]


def read(client, article: Article):
    return client.get(article.get_absolute_url())


# --- The article


def test_headline_stands_once_in_the_main_content(client):
    article = make_article("Ferry <em>late</em> & slow", publish=True, topics=["Ferries"], standfirst="Nobody looked at the clock.")

    page = read(client, article)

    read_before, cited = text_of(page).split("Cite this story")
    assert read_before.count("Ferry <em>late</em> & slow") == 1
    assert cited.count("Ferry <em>late</em>") == 2  # in Chicago's style and in BibTeX
    assert '<h1 class="story__headline">Ferry &lt;em&gt;late&lt;/em&gt; &amp; slow</h1>' in main_of(page)


def test_kicker_standfirst_and_dateline_are_printed_in_the_order_of_reading(client):
    article = make_article(
        "The headline", kicker="Ferries", standfirst="The standfirst", dateline="TERN ISLAND", body="<p>The body.</p>", publish=True
    )

    words = text_of(read(client, article))

    parts = ["Harbour", "Ferries", "The headline", "The standfirst", "TERN ISLAND", "The body.", "Purchase this article for republication"]
    assert sorted(parts, key=words.index) == parts


def test_story_with_nothing_but_a_headline_and_a_body_has_no_empty_furniture(client):
    page = main_of(read(client, make_article(publish=True)))

    empty = ("story__standfirst", "byline__names", "byline__source", "byline__updated", "correction", "<figure", "More about", "story__dateline")
    assert [mark for mark in empty if mark in page] == []


def test_byline_links_to_every_author_by_their_role(client):
    article = make_article(authors=["Ines Calloway", "Tom Strand", "Zoë Ąbc"])
    article.contributions.create(author=make_author("Owen Strand"), role="PHOTOGRAPHER", position=4)
    article.publish()

    page = read(client, article)

    assert "By Ines Calloway , Tom Strand and Zoë Ąbc Pictures by Owen Strand" in text_of(page)
    assert links_of(page, 'rel="author"') == [
        ("/author/ines-calloway/", "Ines Calloway"),
        ("/author/tom-strand/", "Tom Strand"),
        ("/author/zoe-abc/", "Zoë Ąbc"),
        ("/author/owen-strand/", "Owen Strand"),
    ]


@pytest.mark.parametrize(("is_ours", "words"), [(True, "The Lantern"), (False, "First published by The Lantern")])
def test_source_is_named_and_linked(client, is_ours, words):
    article = make_article(source=make_source("The Lantern", is_ours=is_ours), publish=True)

    page = read(client, article)

    assert words in text_of(page)
    assert ("/source/the-lantern/", "The Lantern") in links_of(page)
    assert ("First published by" in text_of(page)) is not is_ours


@pytest.mark.parametrize("is_ours", [True, False])
def test_story_of_another_paper_leads_to_the_original(client, is_ours):
    source = make_source("The Lantern", is_ours=is_ours)
    article = make_article(source=source, source_url="https://lantern.example/ferry?a=1&b=2", publish=True)

    page = client.get(article.get_absolute_url()).content.decode()

    assert ('<a href="https://lantern.example/ferry?a=1&amp;b=2" rel="external">the original</a>' in page) is not is_ours


def test_dates_are_printed_in_the_time_zone_of_the_publication(client):
    article = make_article(published_at=datetime(2024, 6, 30, 23, 15, tzinfo=UTC), publish=True)  # a quarter past midnight in London

    page = read(client, article)

    assert article.get_absolute_url().startswith("/2024/07/01/")
    assert '<time datetime="2024-07-01T00:15:00+01:00">1 July 2024, 00:15</time>' in main_of(page)


def test_day_of_a_story_follows_the_time_zone_of_the_publication(client, settings):
    settings.TIME_ZONE = "Asia/Singapore"

    article = make_article(published_at=datetime(2024, 12, 31, 16, 30, tzinfo=UTC), publish=True)

    assert article.get_absolute_url().startswith("/2025/01/01/")
    assert "1 January 2025, 00:30" in text_of(read(client, article))
    assert [client.get(address).status_code for address in ("/2025/", "/2025/01/", "/2025/01/01/", "/2024/")] == [200, 200, 200, 404]


def test_lead_picture_stands_above_the_body_with_its_caption_credit_and_alt_text(client):
    image = make_image("A ferry, seen from the quay", credit="Photo: Owen Strand")
    article = make_article()
    make_figure(article, "The Margaret Lyle <late>", image, is_lead=True)
    article.publish()

    page = read(client, article)

    markup = main_of(page)
    assert f'src="/pictures/{image.short_id}/960.jpg"' in markup
    assert f'srcset="/pictures/{image.short_id}/480.jpg 480w, /pictures/{image.short_id}/960.jpg 960w"' in markup
    assert 'width="1200" height="800" alt="A ferry, seen from the quay"' in markup
    assert "The Margaret Lyle <late> Photo: Owen Strand The ferry was late" in text_of(page)
    assert b"".join(client.get(f"/pictures/{image.short_id}/960.jpg").streaming_content).startswith(b"\xff\xd8\xff")


def test_missing_picture_leaves_a_decent_place_and_its_caption(client):
    article = make_article()
    make_figure(article, "The Margaret Lyle, late", is_lead=True)
    article.publish()

    page = read(client, article)

    assert "The picture that belongs here is not in the archive. Its caption is. The Margaret Lyle, late" in text_of(page)
    assert "<img" not in main_of(page)


def test_figures_stand_where_the_body_places_them_and_the_others_at_its_end(client):
    places = "".join(f'<p>Paragraph {number}.</p><figure data-figure="{number}"></figure>' for number in (3, 2, 9))
    article = make_article(body=places + "<p>Paragraph last.</p>")
    for caption in ("Lead picture", "Second picture", "Third picture", "Fourth picture"):
        make_figure(article, caption, is_lead=caption == "Lead picture")
    article.publish()

    words = text_of(read(client, article))

    order = re.findall(r"\w+ picture(?= )(?! that)|Paragraph \w+", words)
    assert order == [
        "Lead picture", "Paragraph 3", "Third picture", "Paragraph 2", "Second picture", "Paragraph 9", "Paragraph last", "Fourth picture",
    ]  # fmt: skip


def test_body_is_printed_with_its_elements_and_nothing_that_runs(client):
    article = make_article(body='<h2>Why</h2><p onclick="x()">One <em>two</em>.</p><script>alert(1)</script><img src=x onerror=y>', publish=True)

    page = main_of(read(client, article))

    assert "<h2>Why</h2><p>One <em>two</em>.</p>" in page
    assert [mark for mark in ("onclick", "alert(1)", "onerror", "<script") if mark in page] == []


def test_corrections_stand_under_the_headline_newest_first(client):
    article = make_article("Ferry late", publish=True, published_at=MAY)
    article.correct("The ferry is the <Lyle>.", "CORRECTION", at=datetime(2024, 5, 7, 9, tzinfo=UTC))
    article.correct("A reply was added.", "UPDATE", at=datetime(2024, 5, 8, 9, tzinfo=UTC))

    words = text_of(read(client, article))

    parts = [
        "Ferry late",
        "Update , 8 May 2024 : A reply was added.",
        "Correction , 7 May 2024 : The ferry is the <Lyle>.",
        "The ferry was late again",
    ]
    assert sorted(parts, key=words.index) == parts
    assert "Updated 8 May 2024, 10:00" in words


def test_more_about_links_to_the_topics(client):
    article = make_article(topics=["Strikes", "Ferries"], publish=True)

    page = read(client, article)

    assert "More about Ferries Strikes Ask to republish" in text_of(page)
    assert [link for link in links_of(page) if link[0].startswith("/topic/")] == [("/topic/ferries/", "Ferries"), ("/topic/strikes/", "Strikes")]


@pytest.mark.parametrize("terms", ["FREE", "FOR_SALE", "ON_REQUEST", "NONE"])
def test_every_story_offers_its_purchase(client, terms):
    article = make_article(source=make_source(syndication="FREE"), syndication=terms, publish=True)

    assert (f"/republish/{article.short_id}/", "Purchase this article for republication") in links_of(read(client, article))


# --- Republication


def test_republish_page_of_a_story_that_is_not_ours_names_who_can_be_asked(client):
    source = make_source("Corrany Press", syndication="NONE", rights_contact="Tove Lind, tove@lantern.example")
    article = make_article("Ferry late", source=source, publish=True)

    page = client.get(f"/republish/{article.short_id}/")

    assert "This story is not ours to sell" in text_of(page)
    assert "supplied to us by Corrany Press" in text_of(page)
    assert "Please ask there: Tove Lind, tove@lantern.example" in text_of(page)
    assert "mailto:tove@lantern.example" in main_of(page)


@pytest.mark.parametrize(
    ("terms", "says"),
    [
        ("FREE", ["You may republish this story", "It costs nothing"]),
        ("FOR_SALE", ["You can buy the right to republish this story", "The price depends on"]),
        ("ON_REQUEST", ["You can ask to republish this story", "The rights desk looks at each request"]),
        ("NONE", ["This story is not for republication", "We do not let this story be republished"]),
    ],
)
def test_republish_page_states_the_terms_of_the_story(client, terms, says):
    source = make_source(syndication="FREE", is_ours=True, rights_contact="Tove Lind, tove@lantern.example")
    article = make_article("Ferry late", source=source, syndication=terms, publish=True)

    page = client.get(f"/republish/{article.short_id}/")

    assert [words for words in says if words not in text_of(page)] == []
    assert (article.get_absolute_url(), "Ferry late") in links_of(page)
    assert "mailto:rights@" in main_of(page)


def test_republish_page_of_a_story_without_a_source_leaves_it_to_the_rights_desk(client, settings):
    settings.RIGHTS_EMAIL = "rights@news.example.org"
    article = make_article(publish=True)

    page = client.get(f"/republish/{article.short_id}/")

    assert "We do not know for certain who holds its rights." in text_of(page)
    assert article.short_id in text_of(page)
    assert f"mailto:rights@news.example.org?subject=Republishing%20story%20{article.short_id}" in main_of(page)


def test_republish_page_gives_the_terms_of_each_picture_never_wider_than_the_storys(client):
    article = make_article(source=make_source(syndication="FOR_SALE", is_ours=True))
    for terms in ("FREE", "FOR_SALE", "ON_REQUEST", "NONE"):
        make_figure(article, image=make_image(f"Seen {terms}", syndication=terms, credit="Photo: Owen Strand"))
    make_figure(article, "No picture")
    article.publish()

    page = client.get(f"/republish/{article.short_id}/")

    assert re.findall(r"<li>(“Seen.*?)</li>", main_of(page)) == [
        "“Seen FREE” Photo: Owen Strand: <strong>can be bought with the story</strong>",
        "“Seen FOR_SALE” Photo: Owen Strand: <strong>can be bought with the story</strong>",
        "“Seen ON_REQUEST” Photo: Owen Strand: <strong>to be asked for</strong>. The rights desk looks at each request.",
        "“Seen NONE” Photo: Owen Strand: <strong>not for republication</strong>. We do not let it be republished.",
    ]


# --- Static pages, and where nothing is


def test_static_page_prints_its_title_as_text_and_its_content_as_markup(client):
    page = FlatPage.objects.create(url="/terms-and-conditions/", title="Terms & <b>Conditions</b>", content="<p>Be <em>kind</em>.</p>")
    page.sites.set([1])

    response = client.get("/terms-and-conditions/")

    assert '<h1 class="story__headline">Terms &amp; &lt;b&gt;Conditions&lt;/b&gt;</h1>' in main_of(response)
    assert "<title>Terms &amp; &lt;b&gt;" in response.content.decode()
    assert "<p>Be <em>kind</em>.</p>" in main_of(response)


def test_page_that_is_not_there_offers_the_search(client):
    response = client.get("/no-such-page/")

    assert response.status_code == 404
    assert "There is no page at this address" in text_of(response)
    assert 'action="/search/"' in main_of(response)


@pytest.mark.parametrize(("is_legal", "says"), [(False, "We have withdrawn the story"), (True, "We had to remove the story")])
def test_page_of_a_withdrawn_story_gives_reason_day_and_whom_to_ask(client, settings, is_legal, says):
    settings.NEWSROOM_EMAIL = "desk@news.example.org"
    article = make_article(published_at=MAY, publish=True)
    article.withdraw("Its main source took back what she said.", is_legal, at=datetime(2024, 5, 31, 23, 30, tzinfo=UTC))

    page = read(client, article)

    assert says in text_of(page)
    assert "1 June 2024" in text_of(page)
    assert "Its main source took back what she said." in text_of(page)
    assert "mailto:desk@news.example.org" in main_of(page)
    assert 'content="noindex"' in page.content.decode()
