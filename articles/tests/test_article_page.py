"""The furniture of a story's own page: source, reading time, corrections, pictures, quotes and boxes, citing, sharing, buying, and its language."""

import re
from datetime import UTC, datetime

import pytest
from django.core.management import call_command
from django.utils.html import escape

from articles import body, citations
from articles.models import Article, Author
from articles.tests.build import make_article, make_author, make_figure, make_image, make_section, make_source, make_topic, make_user
from articles.tests.test_pages import links_of, main_of, read, text_of
from licensing.tests.build import make_card

pytestmark = pytest.mark.django_db

MAY = datetime(2024, 5, 6, 9, 30, tzinfo=UTC)
PULL = '<aside class="pull"><p>“Nobody looked at the clock.”</p></aside>'
FACTS = '<aside class="facts"><h2>The ferry</h2><ul><li>280 places</li></ul></aside>'


# --- Queries


@pytest.mark.parametrize("count", [1, 30])
def test_story_takes_five_queries_however_much_hangs_on_it(client, count, django_assert_num_queries):
    make_card()
    topics = [f"Topic {number}" for number in range(count)]
    source = make_source(is_ours=True, syndication="FOR_SALE")
    article = make_article("The one", authors=[f"Author {number}" for number in range(count)], topics=topics, source=source)
    for number in range(count):
        make_figure(article, f"Picture {number}", make_image(width=500, height=300), is_lead=not number)
        other = make_article(f"Other {number}", topics=topics, published_at=MAY)
        make_figure(other, f"Other picture {number}", article.figures.first().image, is_lead=True)
        other.publish()
    article.publish()
    for number in range(count):
        article.correct(f"Correction {number}.")

    with django_assert_num_queries(5):  # the story; its figures with pictures; where to read on; the rate card; the sections
        page = read(client, article)

    found = [words for words in (f"Author {count - 1}", f"Correction {count - 1}.", f"Topic {count - 1}", "from €") if words not in text_of(page)]
    assert found == []
    assert f"Other {count - 1}" in text_of(page)


def test_what_is_fetched_with_a_story_is_what_its_relations_hold():
    article = make_article(authors=["Ines Calloway", "Tom Strand"], topics=["Strikes", "Ferries"])
    article.contributions.create(author=make_author("Owen Strand", title="Photographer"), role="PHOTOGRAPHER", position=3)
    article.publish()
    article.correct("The ferry is the Lyle.", at=MAY)
    article.correct("A reply was added.", "UPDATE")

    plain, fetched = Article.objects.get(), Article.objects.for_reading().get()

    for relation in ("contributions", "topics", "corrections"):
        rows, same = list(getattr(fetched, relation).all()), list(getattr(plain, relation).all())
        fields = [field.attname for field in same[0]._meta.concrete_fields if field.name not in {"description", "made_at"}]
        assert [[getattr(row, field) for field in fields] for row in rows] == [[getattr(row, field) for field in fields] for row in same]
    assert [row.made_at for row in fetched.corrections.all()] == [row.made_at for row in plain.corrections.all()]
    assert [row.author.title for row in fetched.contributions.all()] == ["", "", "Photographer"]
    assert Author.objects.count() == 3


# --- The head


@pytest.mark.parametrize(("words", "minutes"), [(1, 1), (344, 1), (346, 2), (2300, 10)])
def test_reading_time_is_in_whole_minutes_of_230_words(client, words, minutes):
    article = make_article(body=f"<p>{'word ' * words}</p>", publish=True)

    assert f"{minutes} min read" in text_of(read(client, article))


def test_corrections_are_short_under_the_headline_and_whole_at_the_end(client):
    long = "The ferry is not the Margaret Lyle but the Ansel Maid, " * 8 + "as her master has told us."
    article = make_article(publish=True, published_at=MAY)
    article.correct(long)
    article.correct("A reply was added.", "UPDATE")
    article.correct("The pilot is a captain.")

    head, rest = text_of(read(client, article)).split("The ferry was late again")

    assert "The pilot is a captain." in head
    assert "A reply was added." in head
    assert "Margaret Lyle" not in head
    assert "All 3 in full" in head
    assert [words in rest for words in ("The pilot is a captain.", "A reply was added.", long)] == [True] * 3


def test_end_has_its_furniture_in_the_order_of_the_paper(client):
    article = make_article(topics=["Ferries"], publish=True, published_at=MAY)
    make_article("Another ferry", publish=True)
    make_article("Ferry in a poem", topics=["Ferries"], section=make_section("Culture"), publish=True)
    article.correct("The ferry is the Lyle.")

    end = text_of(read(client, article)).split("The ferry was late again", 1)[1]

    order = ["What was changed", "Report an error", "More about", "Purchase this article", "Related stories", "After this in Harbour", "by mail"]
    assert sorted(order, key=end.index) == order


# --- The body


def test_pull_quotes_and_fact_boxes_stand_in_the_body(client):
    page = main_of(read(client, make_article(body=f"<p>One.</p>{PULL}<p>Two.</p>{FACTS}", publish=True)))

    assert f"<p>One.</p>{PULL}<p>Two.</p>{FACTS}" in page


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ('<aside class="pull" onclick="x()" id="a">Q</aside>', '<aside class="pull">Q</aside>'),
        ("<aside>Q</aside>", "Q"),
        ('<aside class="ad">Q</aside>', "Q"),
        ('<aside class="pull facts">Q</aside>', "Q"),
        ('<aside class="facts"><p>A</p><aside class="pull">Q</aside></aside>', '<aside class="facts"><p>A</p>Q</aside>'),
        ('<aside class="pull"><p></p></aside><p>A</p>', "<p>A</p>"),
        ('<aside class="pull">Q', '<aside class="pull">Q</aside>'),
        ('<p class="pull">Q</p>', "<p>Q</p>"),
        ('<a href="https://x.example/<aside></aside>">Q</a>', '<a href="https://x.example/&lt;aside&gt;&lt;/aside&gt;" rel="noopener">Q</a>'),
    ],
)
def test_asides_are_pull_quotes_or_fact_boxes_and_nothing_else(typed, kept):
    assert body.sanitise(typed) == kept
    assert body.sanitise(kept) == kept


def test_words_of_an_aside_do_not_run_into_the_next():
    assert body.plain_text('<aside class="pull">One</aside>two') == "One two"


# --- Pictures


def test_picture_leads_to_its_largest_copy(client):
    image = make_image(width=1700, height=1100)
    article = make_article()
    make_figure(article, image=image, is_lead=True)
    make_figure(article, "No picture of it")
    article.publish()

    markup = main_of(read(client, article))

    assert re.findall(r'<a class="figure__large" href="([^"]*)" data-large>', markup) == [f"/pictures/{image.short_id}/1600.jpg"]
    assert b"".join(client.get(f"/pictures/{image.short_id}/1600.jpg").streaming_content).startswith(b"\xff\xd8\xff")


def test_preview_shows_pictures_from_the_newsroom_and_offers_nothing_that_only_readers_can_do(client):
    article = make_article(topics=["Ferries"])
    make_figure(article, image=make_image(), is_lead=True)
    client.force_login(make_user("chief", is_superuser=True))

    page = client.get(f"/admin/articles/article/{article.pk}/preview/", follow=True)

    assert re.findall(r'href="([^"]*)" data-large', main_of(page))[0].startswith("/admin/articles/image/")
    assert [words for words in ("Report an error", "Cite this story", "Mail it", "Related stories") if words in text_of(page)] == []


# --- Citing and sharing


def test_citations_name_writers_story_paper_day_and_address(settings):
    settings.SITE_URL = "https://halyard.example"
    article = make_article("Ferry “late” & slow", authors=["Ines Calloway", "Tom Strand"], source=make_source(), published_at=MAY, slug="ferry")
    article.contributions.create(author=make_author("Owen Strand"), role="PHOTOGRAPHER", position=3)
    article.publish()

    assert citations.chicago(article) == (
        "Ines Calloway and Tom Strand, “Ferry ‘late’ & slow,” The Halyard, May 6, 2024, https://halyard.example/2024/05/06/ferry/."
    )
    assert citations.bibtex(article).splitlines() == [
        f"@article{{{article.short_id},",
        "  author = {Ines Calloway and Tom Strand},",
        r"  title = {{Ferry “late” \& slow}},",
        "  journal = {The Halyard},",
        "  year = {2024},",
        "  month = may,",
        "  day = {6},",
        "  url = {https://halyard.example/2024/05/06/ferry/}",
        "}",
    ]


@pytest.mark.parametrize(
    ("names", "words"),
    [([], "“Ferry"), (["A B"], "A B, “"), (["A B", "C D", "E F"], "A B, C D, and E F, “"), (["A B", "C D", "E F", "G H"], "A B et al., “")],
)
def test_chicago_names_three_authors_and_of_more_the_first(names, words):
    assert citations.chicago(make_article(authors=names, publish=True)).startswith(words)


def test_bibtex_takes_every_letter_for_itself():
    article = make_article(r"{100%} of $5 \ #1_~^", authors=["Rock and Roll", "Strand, Tom", "others"], publish=True)

    entry = citations.bibtex(article)

    assert r"title = {{\textbraceleft{}100\%\textbraceright{} of \$5 \textbackslash{} \#1\_\textasciitilde{}\textasciicircum{}}}" in entry
    assert "author = {{Rock and Roll} and {Strand, Tom} and {others}}" in entry


def test_mail_link_carries_headline_and_address(client, settings):
    settings.SITE_URL = "https://halyard.example"
    article = make_article("Late? “Yes” & no", slug="late", publish=True, published_at=MAY)

    page = main_of(read(client, article))

    assert (
        'href="mailto:?subject=Late%3F%20%E2%80%9CYes%E2%80%9D%20%26%20no&amp;body=https%3A%2F%2Fhalyard.example%2F2024%2F05%2F06%2Flate%2F"' in page
    )


def test_what_needs_a_script_is_hidden_until_there_is_one(client):
    page = main_of(read(client, make_article(publish=True)))

    assert re.findall(r"<button [^>]*data-(?:share|copy-link|print|copy)\b[^>]*>", page) == re.findall(r"<button [^>]*data-[^>]* hidden>", page)
    assert len(re.findall(r"<button [^>]*data-[^>]* hidden>", page)) == 5


def test_printed_sheet_has_the_address_in_letters_and_the_one_that_stays(client, settings):
    settings.SITE_URL = "https://halyard.example"
    article = make_article("العبّارة", slug="العبارة", publish=True, published_at=MAY)

    words = text_of(read(client, article))

    assert f"https://halyard.example/2024/05/06/العبارة/ https://halyard.example/s/{article.short_id}/" in words


# --- Buying


@pytest.mark.parametrize(
    ("terms", "line"),
    [
        ("FREE", "Yours to republish, at no charge"),
        ("FOR_SALE", "Yours to republish, from €"),
        ("ON_REQUEST", "Ask to republish this story"),
        ("NONE", "Not for republication"),
    ],
)
def test_strip_says_what_can_be_bought(client, terms, line):
    make_card()
    article = make_article(source=make_source(syndication="FREE", is_ours=True), syndication=terms, publish=True)

    page = read(client, article)

    assert line in text_of(page)
    assert (f"/republish/{article.short_id}/", "Purchase this article for republication") in links_of(page)


def test_without_a_rate_card_no_price_is_named(client):
    article = make_article(source=make_source(syndication="FOR_SALE", is_ours=True), publish=True)

    words = text_of(read(client, article))

    assert "Ask to republish this story" in words
    assert "from €" not in words


# --- Language


def test_story_in_another_language_says_so_and_the_papers_own_words_do_not_take_part(client):
    article = make_article("العبّارة", language="ar", topics=["Ferries"], authors=["Layla Haddad"], publish=True)

    page = main_of(read(client, article))

    assert '<article class="story" lang="ar" dir="rtl">' in page
    assert '<div class="byline" lang="en-gb" dir="ltr">' in page
    assert '<footer class="story__end" lang="en-gb" dir="ltr">' in page


def test_story_in_the_papers_language_repeats_no_language(client):
    page = main_of(read(client, make_article(publish=True, topics=[make_topic()])))

    assert "lang=" not in page


def test_seeds_have_a_quote_a_box_a_table_a_picture_in_the_body_and_another_language():
    call_command("load_seeds", verbosity=0)

    bodies = list(Article.objects.public().values_list("body", flat=True))
    marks = ('<aside class="pull">', '<aside class="facts">', "<table>", "<figure data-figure=")
    assert [any(mark in text for text in bodies) for mark in marks] == [True] * 4
    assert set(Article.objects.values_list("language", flat=True)) == {"", "fr"}


def test_words_of_a_picture_end_no_attribute(client):
    words = """A ferry "late" <b>& 'lost'</b>"""
    story = make_article("Ferry late")
    make_figure(story, image=make_image(words, width=1200, height=800), is_lead=True)
    story.publish()

    page = client.get(story.get_absolute_url()).content.decode()

    assert f'alt="{escape(words)}"' in page
    assert words not in page
