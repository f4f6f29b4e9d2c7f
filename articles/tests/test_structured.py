"""Structured data: what search engines are told in the words of schema.org, held against written-out rules on every kind of page."""

import re
from datetime import UTC, datetime, timedelta

import pytest
from django.core.management import call_command

from articles.models import Article, Image
from articles.structured import news_article
from articles.templatetags.structured import story_data
from articles.tests.build import make_article, make_author, make_figure, make_image, make_source
from articles.tests.structured import SITE, addresses, complaints, data_of
from newsroom.tests.test_access import deals, stories

pytestmark = pytest.mark.django_db

MAY = datetime(2024, 5, 6, 9, 30, tzinfo=UTC)


def read(client, article: Article) -> dict:
    """Return what is said of a story on its page."""
    story, trail = data_of(client.get(article.get_absolute_url()).content.decode())
    assert complaints(story, "NewsArticle") + complaints(trail, "BreadcrumbList") == []
    return story


def some(thing: dict, *names: str) -> dict:
    return {name: thing[name] for name in names if name in thing}


# --- The rules


def test_every_kind_of_page_keeps_the_rules(client):
    call_command("load_seeds", verbosity=0)
    pages = {name: data_of(client.get(address).content.decode()) for name, address in (stories() | deals()).items()}

    assert {name: found for name, things in pages.items() if (found := [line for thing in things for line in complaints(thing)])} == {}
    story, listed = ["NewsArticle", "BreadcrumbList"], ["BreadcrumbList"]
    assert {name: [thing["@type"] for thing in things] for name, things in pages.items() if things} == {
        "front": ["NewsMediaOrganization", "WebSite"],
        "author": ["ProfilePage", "BreadcrumbList"],
        **dict.fromkeys(["section", "narrowed list", "topic", "series", "part of a series", "source", "year", "month", "day"], listed),
        **dict.fromkeys(["corrected story", "story without pictures", "story with pictures", "story with a fact box", "story in Arabic"], story),
    }


@pytest.mark.parametrize(
    ("thing", "said"),
    [
        ({"@type": "Gazette"}, ["Gazette is not Person"]),
        ({"@type": "Person"}, ["Person without name"]),
        ({"@type": "Person", "name": ""}, ["Person.name is ''"]),
        ({"@type": "Person", "name": "Ines", "url": "/author/ines/"}, ["Person.url is '/author/ines/'"]),
        ({"@type": "Person", "name": "Ines", "age": 31}, ["Person.age is 31"]),
        ({"@type": "Person", "name": ["Ines", {"@type": "Person", "name": "Tom"}]}, ["Person is not text"]),
        ({"@type": "Person", "name": []}, ["Person.name is []"]),
    ],
)
def test_rules_say_what_is_wrong(thing, said):
    assert complaints(thing, "Person") == said


def test_every_address_of_ours_in_the_data_answers(client):
    call_command("load_seeds", verbosity=0)
    things = [thing for address in stories().values() for thing in data_of(client.get(address).content.decode())]

    found = {address for address in addresses(things) if not address.startswith("/static/")}

    assert {"/", "/licence-terms/"} <= found
    assert len([address for address in found if address.startswith("/republish/")]) == 5
    answers = {address: client.get(address) for address in found}
    assert {address for address, answer in answers.items() if answer.status_code != 200} == set()
    for answer in answers.values():
        b"".join(answer)


# --- A story


def test_story_is_told_as_its_page_tells_it(client):
    ours = make_source("The Halyard", is_ours=True, syndication="FOR_SALE")
    article = make_article(
        "Ferry late", standfirst="Nobody looked at the clock.", dateline="TERN ISLAND", authors=["Ines Calloway"], topics=["Strikes", "Ferries"],
        source=ours, published_at=MAY, publish=True,
    )  # fmt: skip
    article.correct("The ferry was late by eleven minutes, not by twelve.", at=MAY + timedelta(days=1))

    story = read(client, article)

    address, paper = (
        f"{SITE}/2024/05/06/ferry-late/",
        {"@type": "NewsMediaOrganization", "@id": f"{SITE}/#paper", "name": "The Halyard", "url": f"{SITE}/"},
    )
    assert story.pop("publisher").pop("logo") == {"@type": "ImageObject", "url": f"{SITE}/static/img/logo.png", "width": 512, "height": 512}
    assert story == {
        "@type": "NewsArticle",
        "@id": f"{address}#story",
        "mainEntityOfPage": address,
        "url": address,
        "headline": "Ferry late",
        "description": "Nobody looked at the clock.",
        "dateline": "TERN ISLAND",
        "datePublished": "2024-05-06T10:30:00+01:00",
        "dateModified": "2024-05-07T10:30:00+01:00",
        "inLanguage": "en-gb",
        "articleSection": "Harbour",
        "keywords": ["Ferries", "Strikes"],
        "wordCount": 16,
        "isAccessibleForFree": True,
        "author": [{"@type": "Person", "name": "Ines Calloway", "url": f"{SITE}/author/ines-calloway/"}],
        "creditText": "The Halyard",
        "copyrightHolder": paper,
        "copyrightNotice": "© 2024 The Halyard",
        "copyrightYear": 2024,
        "license": f"{SITE}/licence-terms/",
        "acquireLicensePage": f"{SITE}/republish/{article.short_id}/",
        "correction": [
            {
                "@type": "CorrectionComment",
                "name": "Correction",
                "text": "The ferry was late by eleven minutes, not by twelve.",
                "datePublished": "2024-05-07T10:30:00+01:00",
            }
        ],
    }


def test_everybody_in_the_byline_is_named_once_by_what_they_did(client):
    article = make_article(authors=[make_author("Ines Calloway", title="Harbour correspondent"), "Tom Strand"])
    for position, role in enumerate(("PHOTOGRAPHER", "TRANSLATOR", "EDITOR", "ILLUSTRATOR"), 3):
        article.contributions.create(author=make_author(f"A {role.title()}"), role=role, position=position)
    article.publish()

    story = read(client, article)

    names = {role: [person["name"] for person in story[role]] for role in ("author", "contributor", "translator", "editor")}
    assert names == {
        "author": ["Ines Calloway", "Tom Strand"],
        "contributor": ["A Photographer", "A Illustrator"],
        "translator": ["A Translator"],
        "editor": ["A Editor"],
    }
    assert story["author"][0]["jobTitle"] == "Harbour correspondent"


@pytest.mark.parametrize(("is_ours", "author"), [(True, "The Halyard"), (False, "The Lantern")])
def test_story_that_nobody_signed_is_its_publications(client, is_ours, author):
    article = make_article(source=make_source("The Lantern", is_ours=is_ours), publish=True)

    assert read(client, article)["author"]["name"] == author


@pytest.mark.parametrize(
    ("terms", "said"),
    [
        ("FREE", {"license": "/republish/{}/"}),
        ("FOR_SALE", {"license": "/licence-terms/", "acquireLicensePage": "/republish/{}/"}),
        ("ON_REQUEST", {"license": "/licence-terms/", "acquireLicensePage": "/republish/{}/"}),
        ("NONE", {"usageInfo": "/republish/{}/"}),
    ],
)
@pytest.mark.parametrize("is_ours", [True, False])
def test_licence_is_spoken_of_as_far_as_there_is_one(client, terms, said, is_ours):
    source = make_source("The Lantern", is_ours=is_ours, syndication=terms, rights_contact="desk@lantern.example")
    article = make_article(source=source, publish=True)

    story = read(client, article)

    found = {name: SITE + address.format(article.short_id) for name, address in said.items()}
    assert some(story, "license", "acquireLicensePage", "usageInfo") == found


def test_story_of_another_publication_is_said_to_be_theirs(client):
    lantern = make_source("The Lantern", url="https://lantern.example/")
    article = make_article(source=lantern, source_url="https://lantern.example/2024/1", published_at=MAY, publish=True)

    story = read(client, article)

    theirs = {"@type": "NewsMediaOrganization", "name": "The Lantern", "url": "https://lantern.example/"}
    assert some(story, "creditText", "copyrightHolder", "copyrightNotice", "copyrightYear", "sourceOrganization", "isBasedOn") == {
        "creditText": "The Lantern",
        "copyrightHolder": theirs,
        "copyrightNotice": "© 2024 The Lantern",
        "copyrightYear": 2024,
        "sourceOrganization": theirs,
        "isBasedOn": "https://lantern.example/2024/1",
    }
    assert story["publisher"]["name"] == "The Halyard"


def test_nobody_is_said_to_hold_the_rights_of_a_story_whose_source_is_unknown(client):
    story = read(client, make_article(publish=True))

    assert some(story, "creditText", "copyrightHolder", "copyrightNotice", "copyrightYear") == {"creditText": "The Halyard"}


def test_clarification_is_a_correction_and_an_update_is_none(client):
    article = make_article(published_at=MAY, publish=True)
    for number, kind in enumerate(("CORRECTION", "UPDATE", "CLARIFICATION"), 1):
        article.correct(f"The {kind.lower()}.", kind=kind, at=MAY + timedelta(hours=number))

    said = read(client, article)["correction"]

    assert [(row["name"], row["text"]) for row in said] == [("Clarification", "The clarification."), ("Correction", "The correction.")]


def test_story_is_never_changed_before_it_is_published(client):
    article = make_article(published_at=MAY, publish=True)
    article.correct("A name.", at=MAY + timedelta(days=1))
    article.move(published_at=MAY + timedelta(days=30))

    assert some(read(client, article), "datePublished", "dateModified") == dict.fromkeys(
        ("datePublished", "dateModified"), "2024-06-05T10:30:00+01:00"
    )


# --- Pictures


def test_lead_picture_comes_first_and_in_three_cuts_and_the_others_whole(client):
    lead, other = make_image(width=2000, height=1000), make_image(width=300, height=600)
    article = make_article()
    make_figure(article, "", other)
    make_figure(article, "The Margaret Lyle, late", lead, is_lead=True)
    article.publish()

    images = read(client, article)["image"]

    assert [(image["contentUrl"].removeprefix(f"{SITE}/pictures/"), image["width"], image["height"], image.get("caption")) for image in images] == [
        (f"{lead.short_id}/1600.jpg", 1600, 800, "The Margaret Lyle, late"),
        (f"{lead.short_id}/16x9-1200.jpg", 1200, 675, "The Margaret Lyle, late"),
        (f"{lead.short_id}/4x3-1200.jpg", 1200, 900, "The Margaret Lyle, late"),
        (f"{lead.short_id}/1x1-1200.jpg", 1000, 1000, "The Margaret Lyle, late"),
        (f"{other.short_id}/480.jpg", 300, 600, None),
    ]
    for image in images:
        assert b"".join(client.get(image["contentUrl"].removeprefix(SITE)).streaming_content)[:3] == b"\xff\xd8\xff"


def test_picture_says_whose_it_is_and_where_it_can_be_had_as_far_as_it_can(client):
    sold = make_image(creator="Owen Strand", credit="Photo: Owen Strand", copyright_holder="The Halyard", syndication="FOR_SALE")
    free, kept = make_image(syndication="FREE"), make_image(credit="Photo: Agency", syndication="NONE")
    article = make_article(source=make_source(is_ours=True, syndication="FREE"))
    for image in (sold, free, kept):
        make_figure(article, "", image)
    article.publish()

    rights = ("creator", "creditText", "copyrightNotice", "license", "acquireLicensePage", "usageInfo")
    page = f"{SITE}/republish/{article.short_id}/"
    assert [some(image, *rights) for image in read(client, article)["image"]] == [
        {
            "creator": {"@type": "Person", "name": "Owen Strand"},
            "creditText": "Photo: Owen Strand",
            "copyrightNotice": "© The Halyard",
            "license": f"{SITE}/licence-terms/",
            "acquireLicensePage": page,
        },
        {"license": page},
        {"creditText": "Photo: Agency", "usageInfo": page},
    ]


def test_picture_is_never_offered_more_freely_than_its_story(client):
    article = make_article(source=make_source(syndication="NONE", rights_contact="desk@lantern.example"))
    make_figure(article, "", make_image(syndication="FREE"))
    article.publish()

    assert "license" not in read(client, article)["image"][0]


def test_picture_that_nobody_sees_is_not_named(client):
    waiting = make_image()
    article = make_article()
    make_figure(article, "A picture that is lost", is_lead=True)
    make_figure(article, "A picture whose copies are still to come", waiting)
    article.publish()
    Image.objects.update(recipe=0)

    assert "image" not in read(client, article)


# --- What must not be


@pytest.mark.parametrize(
    "words",
    ["</script><script>alert(1)</script>", "<!--<script>", "“Late” & \"slow\" 'again' &amp;", "العبّارة تتأخر للمرة الأربعين", "\\u003c {{ x }}"],
)
def test_any_words_come_through_whole_and_none_ends_the_script(client, words):
    source = make_source(words, is_ours=True)
    article = make_article(f"H {words}", slug="late", standfirst=f"S {words}", authors=[make_author(words, slug="ines")], source=source, publish=True)

    page = client.get(article.get_absolute_url()).content.decode()
    story, trail = data_of(page)

    assert (story["headline"], story["description"], story["author"][0]["name"]) == (f"H {words}", f"S {words}", words)
    assert trail["itemListElement"][2]["name"] == f"H {words}"
    script = re.search(r'<script type="application/ld\+json">(.*)', page)[1]
    assert script.index("</script>") == len(script) - len("</script>")
    assert set("<>&") & set(script.removesuffix("</script>")) == set()


def test_preview_and_withdrawn_story_say_nothing(client, admin_client):
    draft = make_article("A scoop that is not ripe", authors=["Ines Calloway"])
    withdrawn = make_article("A name that was wrong", authors=["Tom Strand"], publish=True)
    withdrawn.withdraw("In doubt.")

    preview = admin_client.get(f"/admin/articles/article/{draft.pk}/preview/")
    gone = client.get(withdrawn.get_absolute_url())

    assert (preview.status_code, gone.status_code) == (200, 410)
    assert "A scoop that is not ripe" in preview.content.decode()
    assert data_of(preview.content.decode()) + data_of(gone.content.decode()) == []


# --- Costs


@pytest.mark.parametrize("count", [1, 30])
def test_data_of_a_story_ask_nothing_of_the_database_that_its_page_has_not_loaded(count, django_assert_num_queries):
    image = make_image()
    article = make_article(
        authors=[f"Author {number}" for number in range(count)], topics=[f"Topic {number}" for number in range(count)], publish=True
    )
    for number in range(count):
        make_figure(article, image=image, is_lead=not number)
        article.correct(f"Correction {number}.")
    loaded = Article.objects.public().for_reading().get(pk=article.pk)

    with django_assert_num_queries(0):
        story = news_article(loaded)
        story_data(loaded)

    assert [len(story[name]) for name in ("author", "keywords", "correction", "image")] == [count, count, count, count + 3]
