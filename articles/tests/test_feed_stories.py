"""A story in feeds: its text or its summary, its makers, pictures and rights, in the words of each format."""

from datetime import UTC, datetime, timedelta

import pytest
from lxml import html

from articles.feeds import entries
from articles.models import Article, Image
from articles.tests.build import make_article, make_author, make_figure, make_image, make_source
from articles.tests.feeds import NAMES, SITE, read_json, read_xml, tree

pytestmark = pytest.mark.django_db

MAY = datetime(2024, 5, 6, 9, 30, tzinfo=UTC)


def make_ours(headline="Ferry late", **fields) -> Article:
    """Return a story of our own in print."""
    source = fields.pop("source", None) or make_source(is_ours=True, syndication="FOR_SALE")
    return make_article(headline, source=source, **{"published_at": MAY, "publish": True} | fields)


def texts(client) -> list[str]:
    """Return the full text of each story in the feed of the site, which is the same in all three formats, "" where there is none."""
    rss = [item.findtext("content:encoded", "", NAMES) for item in tree(client, "/rss.xml").iterfind("item")]
    atom = [entry.findtext("atom:content", "", NAMES) for entry in tree(client, "/atom.xml").iterfind("atom:entry", NAMES)]
    said = [item.get("content_html", "") for item in read_json(client, "/feed.json")["items"]]
    assert rss == atom == said
    return said


def summaries(client) -> list[str]:
    """Return the summary of each story, which is the same in all three formats."""
    rss, atom = ([entry.summary for entry in read_xml(client, f"/{name}").entries] for name in ("rss.xml", "atom.xml"))
    items = read_json(client, "/feed.json")["items"]
    said = [item["summary"] for item in items]
    assert rss == atom == said == [item.get("content_text", item["summary"]) for item in items]
    return said


def entry(client, name: str):
    """Return the one entry of the feed of the site, as feedparser reads it."""
    return read_xml(client, f"/{name}").entries[0]


def item(client) -> dict:
    return read_json(client, "/feed.json")["items"][0]


# --- The text


def test_story_is_in_full_with_its_pictures_where_they_are_placed(client):
    lead, placed, waiting = make_image("The ferry"), make_image("The <quay>", 700, 350, credit="Photo: Tom & Ann"), make_image()
    Image.objects.filter(pk=waiting.pk).update(recipe=0)
    article = make_ours(
        body='<p>Late.</p><figure data-figure="2"></figure><p>Later.</p>', standfirst="Nobody looked.", dateline="TERN ISLAND", publish=False
    )
    for caption, image in (("The Margaret Lyle", lead), ("Where she lies", placed), ("", waiting), ("Lost in a fire", None)):
        make_figure(article, caption, image, is_lead=image is lead)
    article.publish()
    article.correct("Eleven minutes, not <twelve>.")

    (text,) = texts(client)

    assert [line for line in text.splitlines() if line] == [
        "<div>",
        "<p><strong>Nobody looked.</strong></p>",
        f'<figure><img src="{SITE}/pictures/{lead.short_id}/960.jpg" width="960" height="640" alt="The ferry">'
        "<figcaption>The Margaret Lyle</figcaption></figure>",
        "<p>TERN ISLAND</p>",
        "<p>Late.</p>",
        f'<figure><img src="{SITE}/pictures/{placed.short_id}/480.jpg" width="480" height="240" alt="The &lt;quay&gt;">'
        "<figcaption>Where she lies Photo: Tom &amp; Ann</figcaption></figure>",
        "<p>Later.</p>",
        "<figure></figure>",
        "<figure><figcaption>Lost in a fire</figcaption></figure>",
        "<p><strong>Correction</strong>: Eleven minutes, not &lt;twelve&gt;.</p>",
        "</div>",
    ]
    assert summaries(client) == ["Nobody looked."]


@pytest.mark.parametrize(
    ("link", "found"),
    [
        ("/topic/ferries/?a=1&amp;b=2", f"{SITE}/topic/ferries/?a=1&b=2"),
        ("../../07/ferry-later/", f"{SITE}/2024/05/07/ferry-later/"),
        ("/?q=&quot;&gt;&lt;b&gt;", f'{SITE}/?q="><b>'),
        ("#note", f"{SITE}/2024/05/06/ferry-late/#note"),
        ("//lantern.example/1", "http://lantern.example/1"),
        ("https://lantern.example/%C3%A9?q=a+b", "https://lantern.example/%C3%A9?q=a+b"),
        ("mailto:desk@lantern.example", "mailto:desk@lantern.example"),
        ("//[bad", "//[bad"),
    ],
)
def test_every_link_in_a_text_is_whole(client, link, found):
    make_ours(body=f'<p>See <a href="{link}">there</a>.</p>')

    (text,) = texts(client)

    assert html.fromstring(text).xpath("//a/@href") == [found]


def test_text_has_no_markup_but_what_was_sanitised(client):
    make_ours("Ferry <script>alert(1)</script>", body='<p onclick="x()">Late &lt;script&gt;<script>alert(2)</script><style>p{}</style></p>')

    assert texts(client) == ["<div>\n<p>Late &lt;script&gt;</p>\n</div>"]


def test_text_in_another_language_says_so_and_which_way_it_runs(client):
    make_ours("العبّارة تتأخر", language="ar", body="<p>تأخرت العبّارة.</p>")

    assert texts(client) == ['<div lang="ar" dir="rtl">\n<p>تأخرت العبّارة.</p>\n</div>']
    assert (item(client)["language"], tree(client, "/rss.xml").findtext("item/dc:language", None, NAMES)) == ("ar", "ar")
    assert tree(client, "/atom.xml").find("atom:entry", NAMES).get("{http://www.w3.org/XML/1998/namespace}lang") == "ar"


def test_setting_makes_summaries_of_all_in_as_many_queries(client, settings, django_assert_num_queries):
    settings.FEED_TEXT = "summary"
    make_figure(make_ours(body="<p>Late & later.</p>" + "<p>And so on.</p>" * 20))

    with django_assert_num_queries(2):
        client.get("/rss.xml")

    assert texts(client) == [""]
    assert tree(client, "/rss.xml").findtext("item/description").startswith("Late &amp; later. And so on.")
    assert item(client)["content_text"].startswith("Late & later. And so on.")


@pytest.mark.parametrize(
    ("is_ours", "terms", "is_full"),
    [
        (True, "FREE", True), (True, "FOR_SALE", True), (True, "ON_REQUEST", True), (True, "NONE", False),
        (False, "FREE", False), (False, "FOR_SALE", False), (False, "ON_REQUEST", False), (False, "NONE", False),
    ],
)  # fmt: skip
def test_only_our_own_stories_that_can_be_had_are_in_full(client, is_ours, terms, is_full):
    source = make_source("The Lantern", is_ours=is_ours, rights_contact="desk@lantern.example", syndication="FREE")
    make_ours(source=source, syndication=terms, standfirst="Nobody looked.", body="<p>Late.</p>")

    assert (texts(client) != [""], summaries(client)) == (is_full, ["Nobody looked."])


def test_feed_is_bounded_the_stories_after_a_megabyte_have_their_summary(client, monkeypatch):
    monkeypatch.setattr(entries, "MOST_TEXT", 1000)
    for number, size in enumerate((100, 400, 400, 100)):
        make_ours(f"Ferry {number}", standfirst="Nobody looked.", body=f"<p>{'é' * (size // 2)}</p>", published_at=MAY - timedelta(hours=number))

    assert [bool(text) for text in texts(client)] == [True, True, False, False]
    assert summaries(client) == ["Nobody looked."] * 4


# --- What is said of a story


def test_story_is_told_alike_in_every_format(client):
    article = make_ours(topics=["Strikes", "Ferries"], authors=["Ines Calloway"], standfirst="Nobody looked.")
    article.correct("Eleven minutes, not twelve.", at=MAY + timedelta(days=1))
    short, address = f"{SITE}/s/{article.short_id}/", f"{SITE}/2024/05/06/ferry-late/"

    rss, atom, said = entry(client, "rss.xml"), entry(client, "atom.xml"), item(client)

    assert [(each.id, each.link, each.title) for each in (rss, atom)] == [(short, address, "Ferry late")] * 2
    assert tree(client, "/rss.xml").find("item/guid").attrib == {"isPermaLink": "true"}
    assert [[tag.term for tag in each.tags] for each in (rss, atom)] == [["Harbour", "Ferries", "Strikes"]] * 2
    assert [(each.published_parsed[:5], each.updated_parsed[:5]) for each in (rss, atom)] == [((2024, 5, 6, 9, 30), (2024, 5, 7, 9, 30))] * 2
    assert (rss.published, atom.published) == ("Mon, 06 May 2024 09:30:00 +0000", "2024-05-06T09:30:00+00:00")
    assert (rss.rights, atom.rights) == ("© 2024 The Halyard",) * 2
    licences = [[link.href for link in each.links if link.rel == "license"] for each in (rss, atom)]
    assert licences == [[f"{SITE}/licence-terms/"]] * 2
    del said["content_html"]
    assert said == {
        "id": short, "url": address, "title": "Ferry late", "summary": "Nobody looked.",
        "date_published": "2024-05-06T09:30:00+00:00", "date_modified": "2024-05-07T09:30:00+00:00",
        "authors": [{"name": "Ines Calloway", "url": f"{SITE}/author/ines-calloway/"}],
        "tags": ["Harbour", "Ferries", "Strikes"], "language": "en-gb",
        "_licence": {
            "url": f"{SITE}/licence-terms/", "acquire_url": f"{SITE}/republish/{article.short_id}/",
            "copyright": "© 2024 The Halyard", "credit": "The Halyard",
        },
    }  # fmt: skip


def test_id_of_a_story_stays_where_its_address_changes(client):
    article = make_ours()
    before = [entry(client, name).id for name in ("rss.xml", "atom.xml")] + [item(client)["id"]]
    article.move(slug="ferry-later")

    assert [entry(client, name).id for name in ("rss.xml", "atom.xml")] + [item(client)["id"]] == before
    assert item(client)["url"] == f"{SITE}/2024/05/06/ferry-later/"
    assert client.get(before[0].removeprefix(SITE)).url == "/2024/05/06/ferry-later/"


def test_story_that_was_under_embargo_has_changed_when_it_opened(client):
    Article.objects.filter(pk=make_ours().pk).update(embargoed_until=MAY + timedelta(days=3))

    assert item(client)["date_modified"] == "2024-05-09T09:30:00+00:00"


def test_everybody_in_the_byline_is_named_the_writers_first(client):
    article = make_ours(publish=False)
    for role, name in (("PHOTOGRAPHER", "Tom Strand"), ("WRITER", "Ines Calloway"), ("WRITER", "Zoë Ąbc"), ("EDITOR", "Maud Ley")):
        article.contributions.create(author=make_author(name), role=role, position=article.contributions.count() + 1)
    article.publish()

    names = ["Ines Calloway", "Zoë Ąbc", "Tom Strand (photographer)", "Maud Ley (editor)"]
    assert [creator.text for creator in tree(client, "/rss.xml").iterfind("item/dc:creator", NAMES)] == names
    assert [author["name"] for author in item(client)["authors"]] == names
    atom = tree(client, "/atom.xml")
    assert [author.text for author in atom.iterfind("atom:entry/atom:author/atom:name", NAMES)] == names[:2]
    assert [other.text for other in atom.iterfind("atom:entry/atom:contributor/atom:name", NAMES)] == names[2:]


def test_story_of_another_publication_is_said_to_be_theirs(client):
    lantern = make_source("The Lantern", url="https://lantern.example/", syndication="FREE")
    article = make_ours(source=lantern, source_url="https://lantern.example/2024/1")

    rss, atom, said = entry(client, "rss.xml"), entry(client, "atom.xml"), item(client)

    assert (rss.author, atom.author_detail.name, said["authors"][0]["name"]) == ("The Lantern",) * 3
    assert (atom.source.title, atom.source.link, rss.rights) == ("The Lantern", "https://lantern.example/", "© 2024 The Lantern")
    assert [link.href for link in atom.links if link.rel == "via"] == [said["external_url"]] == ["https://lantern.example/2024/1"]
    assert tree(client, "/rss.xml").findtext("item/dc:source", None, NAMES) == "https://lantern.example/2024/1"
    free = f"{SITE}/republish/{article.short_id}/"
    assert said["_licence"] == {"url": free, "copyright": "© 2024 The Lantern", "credit": "The Lantern"}


@pytest.mark.parametrize(
    ("source", "picture", "of_story", "of_picture"),
    [
        ("FREE", "FREE", "/republish/{}/", "/republish/{}/"),
        ("FREE", "FOR_SALE", "/republish/{}/", "/licence-terms/"),
        ("FOR_SALE", "NONE", "/licence-terms/", None),
        ("NONE", "FREE", None, None),
    ],
)
def test_licence_is_spoken_of_as_far_as_there_is_one(client, source, picture, of_story, of_picture):
    article = make_ours(source=make_source(is_ours=True, syndication=source))
    make_figure(article, "At the quay", make_image(syndication=picture))
    of_story, of_picture = (address and SITE + address.format(article.short_id) for address in (of_story, of_picture))

    rss, atom, said = tree(client, "/rss.xml").find("item"), tree(client, "/atom.xml").find("atom:entry", NAMES), item(client)

    texts = [each.find('atom:link[@rel="license"]', NAMES) for each in (rss, atom)]
    pictures = [each.find("media:content/media:license", NAMES) for each in (rss, atom)]
    assert [each is not None and each.get("href") or None for each in texts] + [said["_licence"].get("url")] == [of_story] * 3
    assert [each is not None and each.get("href") or None for each in pictures] + [said["_picture"].get("licence")] == [of_picture] * 3


def test_lead_picture_comes_with_caption_credit_and_whose_it_is(client):
    article = make_ours()
    make_figure(article, "Another", make_image())
    image = make_image(width=2000, height=1000, credit="Photo: Owen Strand / The Halyard", copyright_holder="Owen Strand", syndication="FOR_SALE")
    make_figure(article, "The Margaret Lyle, late", image, is_lead=True)
    address = f"{SITE}/pictures/{image.short_id}/1600.jpg"

    for name, path in (("rss.xml", "item"), ("atom.xml", "{*}entry")):
        content = tree(client, f"/{name}").find(f"{path}/media:content", NAMES)
        assert content.attrib == {"url": address, "type": "image/jpeg", "medium": "image", "width": "1600", "height": "800"}
        assert [(part.tag.rpartition("}")[2], part.text, dict(part.attrib)) for part in content] == [
            ("description", "The Margaret Lyle, late", {"type": "plain"}),
            ("credit", "Photo: Owen Strand / The Halyard", {"role": "photographer", "scheme": "urn:ebu"}),
            ("copyright", "© Owen Strand", {}),
            ("license", None, {"type": "text/html", "href": f"{SITE}/licence-terms/"}),
        ]
    assert (item(client)["image"], item(client)["_picture"]) == (
        address,
        {
            "alt": "The ferry Margaret Lyle at the quay", "caption": "The Margaret Lyle, late", "credit": "Photo: Owen Strand / The Halyard",
            "copyright": "© Owen Strand", "licence": f"{SITE}/licence-terms/",
        },
    )  # fmt: skip
    assert b"".join(client.get(address.removeprefix(SITE)))[:3] == b"\xff\xd8\xff"


def test_story_without_pictures_has_none(client):
    make_figure(make_ours())

    assert tree(client, "/rss.xml").find("item/media:content", NAMES) is None
    assert {"image", "_picture"} & set(item(client)) == set()
