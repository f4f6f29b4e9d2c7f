"""The head of a page: where it is found, how it looks where it is shared, and how it is cited."""

from datetime import UTC, datetime
from io import BytesIO

import pytest
from django.conf import settings
from django.contrib.flatpages.models import FlatPage
from django.core.management import call_command
from lxml import html
from PIL import Image as Pillow

from articles import languages
from articles.models import Article, Image
from articles.search.finding import PAGE
from articles.tests.browser import visitor
from articles.tests.build import make_article, make_author, make_figure, make_image, make_section, make_source
from newsroom.tests.test_access import stories

pytestmark = pytest.mark.django_db

SITE = "http://localhost:8000"
MAY = datetime(2024, 5, 6, 9, 30, tzinfo=UTC)
HOSTILE = "<b>“Late” & \"slow\" 'again'</b> العبّارة {{ x }}"


class Head:
    """What stands in the head of a page."""

    def __init__(self, response):
        self.element = html.document_fromstring(response.content.decode()).find("head")

    def meta(self, name: str) -> list[str]:
        return [meta.get("content") for meta in self.element.iterfind("meta") if name in {meta.get("name"), meta.get("property")}]

    def link(self, rel: str) -> list[str]:
        return [link.get("href") for link in self.element.iterfind("link") if link.get("rel") == rel]

    def names(self, prefix: str) -> list[str]:
        found = [meta.get("property") or meta.get("name") or "" for meta in self.element.iterfind("meta")]
        return [name for name in found if name.startswith(prefix)]


def head(client, page) -> Head:
    return Head(client.get(page if isinstance(page, str) else page.get_absolute_url()))


def in_sitemap(client, address: str) -> bool:
    return f"<loc>{address}</loc>" in client.get("/sitemap-2024-05.xml").content.decode()


# --- Where a page is found


@pytest.mark.parametrize("is_ours", [True, False, None])
def test_story_is_found_here_at_one_address_unless_another_publication_has_it(client, is_ours):
    source = make_source("The Lantern", is_ours=is_ours) if is_ours is not None else None
    story = make_article("항구의 아침", source=source, published_at=MAY, publish=True)

    found = head(client, story)

    address = SITE + story.get_absolute_url()
    assert (found.link("canonical"), found.meta("og:url"), found.meta("citation_fulltext_html_url")) == ([address], [address], [address])
    assert found.meta("robots") == ["max-image-preview:large"]
    assert f'"mainEntityOfPage":"{address}"' in client.get(story.get_absolute_url()).content.decode()
    assert in_sitemap(client, address)


def test_story_that_another_publication_has_at_an_address_is_found_there(client):
    make_article(published_at=MAY, publish=True)
    theirs = make_article("Theirs", source=make_source("The Lantern"), source_url="https://lantern.example/1", published_at=MAY, publish=True)

    found = head(client, theirs)

    assert (found.meta("robots"), found.link("canonical")) == (["noindex"], [])
    assert '"isBasedOn":"https://lantern.example/1"' in client.get(theirs.get_absolute_url()).content.decode()
    assert not in_sitemap(client, SITE + theirs.get_absolute_url())


@pytest.mark.parametrize("source", [{"is_ours": True}, None])
def test_story_of_ours_is_found_here_also_where_it_has_another_address(client, source):
    story = make_article(source=source and make_source(**source), source_url="https://old.halyard.example/1", published_at=MAY, publish=True)

    assert head(client, story).link("canonical") == [SITE + story.get_absolute_url()]
    assert in_sitemap(client, SITE + story.get_absolute_url())


def test_month_of_nothing_but_stories_that_are_found_elsewhere_has_no_sitemap(client):
    make_article(source=make_source("The Lantern"), source_url="https://lantern.example/1", published_at=MAY, publish=True)

    assert "sitemap-2024" not in client.get("/sitemap.xml").content.decode()
    assert client.get("/sitemap-2024-05.xml").status_code == 404


@pytest.mark.parametrize(
    "address", ["/section/harbour/", "/topic/ferries/", "/author/zoe/", "/source/lantern/", "/2024/", "/2024/05/", "/2024/05/06/"]
)
def test_every_page_of_a_list_is_found_at_its_own_address(client, address):
    source, author = make_source("The Lantern", slug="lantern"), make_author("Zoë", slug="zoe")
    for number in range(PAGE + 1):
        make_article(f"Story {number}", authors=[author], topics=["Ferries"], source=source, published_at=MAY, publish=True)
    older = client.get(address).context["more"]

    first, later = head(client, f"{address}?utm_source=mail"), head(client, f"{address}?utm_source=mail&before={older}")

    assert first.link("canonical") == first.meta("og:url") == [SITE + address]
    assert later.link("canonical") == later.meta("og:url") == [f"{SITE}{address}?before={older}"]
    assert first.meta("robots") == later.meta("robots") == ["max-image-preview:large"]


def test_address_of_a_page_is_written_as_its_links_write_it(client):
    section = make_section("항구")
    make_article(section=section, publish=True)

    assert head(client, section).link("canonical") == [SITE + section.get_absolute_url()]
    assert "%ED" in section.get_absolute_url()


def test_front_and_static_pages_are_found_at_their_address(client):
    FlatPage.objects.create(url="/about/", title=HOSTILE, content="<p>A paper.</p>").sites.set([1])

    front, about = head(client, "/?utm_source=mail"), head(client, "/about/?utm_source=mail")

    assert (front.link("canonical"), about.link("canonical")) == ([f"{SITE}/"], [f"{SITE}/about/"])
    assert (front.meta("og:title"), about.meta("og:title")) == ([settings.PUBLICATION_NAME], [HOSTILE])


def test_order_forms_are_found_at_their_address_and_search_and_other_terms_by_nobody(client):
    call_command("load_seeds", verbosity=0)
    pages = {f"/republish/{story.short_id}/": story.terms in {"FOR_SALE", "ON_REQUEST"} for story in Article.objects.public().for_licensing()}
    pages |= {"/search/": False, "/search/?q=ferry": False}

    heads = {page: head(client, f"{page}{'?utm_source=mail' if is_form else ''}") for page, is_form in pages.items()}

    assert [list(pages.values()).count(is_form) > 3 for is_form in (True, False)] == [True, True]
    assert {page: found.meta("robots") for page, found in heads.items()} == {page: [] if is_form else ["noindex"] for page, is_form in pages.items()}
    canonical = {page: [f"{SITE}{page}"] if is_form else [] for page, is_form in pages.items()}
    assert {page: found.link("canonical") for page, found in heads.items()} == canonical


@pytest.mark.parametrize(
    ("terms", "address"), [("FREE", "/republish/{}/"), ("FOR_SALE", "/licence-terms/"), ("ON_REQUEST", "/licence-terms/"), ("NONE", None)]
)
def test_licence_of_a_story_is_linked_where_there_is_one(client, terms, address):
    story = make_article(source=make_source(syndication=terms, rights_contact="The desk"), publish=True)

    assert head(client, story).link("license") == ([SITE + address.format(story.short_id)] if address else [])


# --- Where it is shared


def test_story_is_shared_with_its_lead_picture(client):
    story = make_article("Ferry late", standfirst="Nobody looked at the clock.", published_at=MAY)
    make_figure(story, image=make_image("A gull"))
    lead = make_image(f"A ferry {HOSTILE}", width=2000, height=1600)
    make_figure(story, image=lead, is_lead=True)
    story.publish()

    found = head(client, story)

    said = {name: found.meta(f"og:{name}") for name in ("type", "title", "description", "site_name", "locale")}
    assert said == {
        "type": ["article"],
        "title": ["Ferry late"],
        "description": ["Nobody looked at the clock."],
        "site_name": ["The Halyard"],
        "locale": ["en_GB"],
    }
    picture = {name: found.meta(f"og:image{name}") for name in ("", ":width", ":height", ":alt")}
    address = f"/pictures/{lead.short_id}/share-1200.jpg"
    assert picture == {"": [SITE + address], ":width": ["1200"], ":height": ["630"], ":alt": [f"A ferry {HOSTILE}"]}
    assert (found.meta("twitter:card"), found.meta("twitter:image:alt")) == (["summary_large_image"], [f"A ferry {HOSTILE}"])
    assert Pillow.open(BytesIO(b"".join(client.get(address).streaming_content))).size == (1200, 630)


def test_story_without_a_lead_is_shared_with_the_first_picture_that_it_shows(client):
    story, waiting, shown = make_article(), make_image(), make_image()
    for image in (None, waiting, shown, make_image()):
        make_figure(story, image=image)
    story.publish()
    Image.objects.filter(pk=waiting.pk).update(recipe=0)

    assert head(client, story).meta("og:image") == [f"{SITE}/pictures/{shown.short_id}/share-1200.jpg"]


@pytest.mark.parametrize("page", ["story", "front", "author"])
def test_page_without_a_picture_is_shared_with_the_papers_own(client, page):
    story = make_article(authors=["Ines Calloway"], publish=True)

    found = head(client, {"story": story.get_absolute_url(), "front": "/", "author": "/author/ines-calloway/"}[page])

    assert (found.meta("og:image"), found.meta("og:image:alt")) == ([f"{SITE}/static/img/share.png"], ["The Halyard"])
    with Pillow.open(settings.BASE_DIR / "static" / "img" / "share.png") as picture:
        assert [picture.size] == [tuple(int(found.meta(f"og:image:{side}")[0]) for side in ("width", "height"))] == [(1200, 630)]


def test_logo_has_the_size_that_is_said_of_it():
    with Pillow.open(settings.BASE_DIR / "static" / "img" / "logo.png") as logo:
        assert logo.size == (512, 512)


@pytest.mark.parametrize(
    ("language", "locale"), [("", "en_GB"), ("ar", "ar_EG"), ("da", "da_DK"), ("pt-BR", "pt_BR"), ("zh-Hant", "zh_TW"), ("eo", "eo")]
)
def test_language_of_a_shared_story_has_a_territory_where_there_is_one(client, language, locale):
    assert head(client, make_article(language=language, publish=True)).meta("og:locale") == [locale]


def test_every_language_that_the_site_can_speak_is_said_somehow():
    found = [languages.with_territory(code) for code, _ in settings.LANGUAGES]

    assert len(found) > 90
    assert {code for code in found if not code.replace("_", "").isalpha()} == set()


def test_story_says_when_where_and_by_whom_it_is(client):
    story = make_article(authors=["Ines Calloway", "Tom Strand"], topics=["Strikes", "Ferries"], published_at=MAY)
    story.contributions.create(author=make_author("Owen Strand"), role="PHOTOGRAPHER", position=3)
    story.publish()
    fresh = head(client, story)
    story.correct("A name.", at=datetime(2024, 12, 1, 8, tzinfo=UTC))

    found = head(client, story)

    assert {name: found.meta(name) for name in found.names("article:")} == {
        "article:published_time": ["2024-05-06T10:30:00+01:00"],
        "article:modified_time": ["2024-12-01T08:00:00+00:00"],
        "article:section": ["Harbour"],
        "article:tag": ["Ferries", "Strikes"],
        "article:author": [f"{SITE}/author/ines-calloway/", f"{SITE}/author/tom-strand/"],
    }
    assert fresh.meta("article:modified_time") == []


# --- How it is cited


def test_reference_managers_find_a_newspaper_article(client):
    story = make_article("Ferry late", authors=["Ines Calloway", "Tom Strand"], published_at=MAY)
    story.contributions.create(author=make_author("Owen Strand"), role="PHOTOGRAPHER", position=3)
    story.publish()

    found = head(client, story)

    assert {name: found.meta(name) for name in found.names("citation_") + found.names("DC.")} == {
        "DC.type": ["newspaperArticle"],
        "citation_title": ["Ferry late"],
        "citation_author": ["Ines Calloway", "Tom Strand"],
        "citation_publication_date": ["2024/05/06"],
        "citation_journal_title": ["The Halyard"],
        "citation_publisher": ["The Halyard"],
        "citation_fulltext_html_url": [f"{SITE}/2024/05/06/ferry-late/"],
        "citation_language": ["en-gb"],
    }


def test_story_of_another_publication_is_cited_from_there_in_its_language_and_on_our_day(client):
    late = datetime(2024, 6, 30, 23, 15, tzinfo=UTC)  # a quarter past midnight in London
    story = make_article(source=make_source("The Lantern"), language="ar", published_at=late, publish=True)

    found = head(client, story)

    names = ("journal_title", "publisher", "language", "publication_date", "author")
    assert [found.meta(f"citation_{name}") for name in names] == [["The Lantern"], ["The Halyard"], ["ar"], ["2024/07/01"], []]


# --- What must not be


def test_any_words_come_through_whole(client):
    author = make_author(HOSTILE, slug="hostile", bio=HOSTILE)
    source = make_source(HOSTILE, slug="hostile", is_ours=True)
    story = make_article(HOSTILE, slug="hostile", standfirst=HOSTILE, authors=[author], topics=[HOSTILE], source=source, publish=True)

    found, of_author = head(client, story), head(client, author)

    names = ("og:title", "og:description", "article:tag", "citation_title", "citation_author", "citation_journal_title")
    assert [found.meta(name) for name in names] == [[HOSTILE]] * len(names)
    assert (of_author.meta("og:title"), of_author.meta("og:description")) == ([HOSTILE], [HOSTILE])


def test_preview_says_nothing_to_machines(admin_client):
    draft = make_article("A scoop that is not ripe", authors=["Ines Calloway"], source=make_source(syndication="FREE"))

    response = admin_client.get(f"/admin/articles/article/{draft.pk}/preview/")

    found = Head(response)
    assert (response.status_code, found.meta("robots")) == (200, ["noindex"])
    assert found.names("og:") + found.names("twitter:") + found.names("article:") + found.names("citation_") + found.names("DC.") == []
    assert (found.link("canonical"), found.link("license"), found.element.xpath("script[@type='application/ld+json']")) == ([], [], [])


@pytest.mark.parametrize("is_legal_takedown", [True, False])
def test_withdrawn_story_says_nothing_to_machines(client, is_legal_takedown):
    story = make_article("A name that was wrong", authors=["Tom Strand"], publish=True)
    story.withdraw("In doubt.", is_legal_takedown=is_legal_takedown)

    response = client.get(story.get_absolute_url())

    found = Head(response)
    assert (found.meta("robots"), found.link("canonical"), found.names("og:") + found.names("citation_")) == (["noindex"], [], [])
    assert b"A name that was wrong" not in response.content
    assert b"tom-strand" not in response.content


# --- In a browser


@pytest.mark.django_db(transaction=True)
def test_browser_takes_the_data_as_data_and_complains_of_nothing(chromium, live_server, settings):
    settings.SITE_URL = live_server.url
    call_command("load_seeds", verbosity=0)
    read = "Array.from(document.querySelectorAll('script[type=\"application/ld+json\"]'), script => JSON.parse(script.text)['@graph'].length)"
    with visitor(chromium, live_server.url) as reader:
        page = reader.new_page()
        pages = stories()
        for name, things in {"front": 2, "author": 2, "month": 1, "story with pictures": 2, "story in Arabic": 2}.items():
            page.goto(pages[name])
            assert page.evaluate(read) == [things]
            assert page.locator("link[rel=canonical]").get_attribute("href") == page.url
