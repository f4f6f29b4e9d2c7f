"""Public addresses are a contract: each means the same for ever, and says plainly when there is nothing (any more)."""

from datetime import UTC, date, datetime, timedelta

import pytest
from django.contrib.flatpages.models import FlatPage
from django.urls import reverse
from django.utils import timezone

from articles.models import Article, FormerAddress
from articles.tests.build import make_article, make_author, make_section, make_source, make_topic

pytestmark = pytest.mark.django_db

MOMENT = datetime(2024, 5, 6, 9, 30, tzinfo=UTC)


def make_public(headline="Ferry late again", published_at=MOMENT, **fields) -> Article:
    return make_article(headline, published_at=published_at, publish=True, **fields)


def follow(client, address: str) -> list[str]:
    """Return the addresses that a reader passes through, the last one being a page."""
    response = client.get(address, follow=True)
    assert response.status_code == 200
    return [target for target, status in response.redirect_chain if status == 301]


# --- Each address answers


@pytest.mark.parametrize(
    "address",
    [
        "/", "/section/harbour/", "/topic/ferries/", "/author/ines-calloway/", "/source/the-halyard/", "/2024/", "/2024/05/", "/2024/05/06/",
        "/2024/05/06/ferry-late-again/", "/search/", "/search/?q=ferry", "/sitemap.xml", "/sitemap-pages.xml", "/sitemap-2024-05.xml",
        "/robots.txt", "/healthz", "/about/",
    ],
)  # fmt: skip
def test_public_address_answers_get_and_head(client, address):
    make_public(authors=["Ines Calloway"], topics=["Ferries"], source=make_source())
    FlatPage.objects.create(url="/about/", title="About us", content="<p>A paper.</p>").sites.set([1])

    got, head = client.get(address), client.head(address)

    assert (got.status_code, head.status_code, head.content) == (200, 200, b"")


def test_story_lives_under_its_day_and_slug(client):
    article = make_public()

    assert article.get_absolute_url() == "/2024/05/06/ferry-late-again/"


@pytest.mark.parametrize("slug", ["ferry-late", "кораблі-стоять", "a_b-2", "ñandú"])
def test_story_says_the_address_that_it_has(slug):
    story = Article(published_on=date(2024, 5, 6), slug=slug)

    assert story.get_absolute_url() == reverse("articles:article", args=[2024, 5, 6, slug])


def test_slug_in_another_script_is_an_address(client):
    article = make_public("항구의 배", section=make_section())

    response = client.get(article.get_absolute_url())

    assert response.status_code == 200
    assert "항구의 배" in response.content.decode()


def test_republish_page_answers_under_the_short_id(client):
    article = make_public()

    assert client.get(f"/republish/{article.short_id}/").status_code == 200


def test_short_id_leads_to_the_story_for_good(client):
    article = make_public()

    response = client.get(f"/s/{article.short_id}/")

    assert (response.status_code, response["Location"]) == (301, "/2024/05/06/ferry-late-again/")


def test_address_without_its_last_slash_leads_to_the_page(client):
    make_public()

    assert follow(client, "/2024/05/06/ferry-late-again") == ["/2024/05/06/ferry-late-again/"]


@pytest.mark.parametrize("method", ["post", "put", "delete", "patch"])
@pytest.mark.parametrize("address", ["/", "/search/", "/2024/05/06/ferry-late-again/", "/sitemap.xml", "/robots.txt", "/healthz"])
def test_public_address_only_reads(client, address, method):
    make_public()

    assert getattr(client, method)(address).status_code == 405


# --- A story that moves leaves a forwarding address


def test_changed_slug_leads_to_the_new_one(client):
    article = make_public()

    article.move(slug="ferry-on-time")

    assert follow(client, "/2024/05/06/ferry-late-again/") == ["/2024/05/06/ferry-on-time/"]
    assert follow(client, f"/s/{article.short_id}/") == ["/2024/05/06/ferry-on-time/"]


def test_changed_date_leads_to_the_new_one(client):
    article = make_public()

    article.move(published_at=MOMENT - timedelta(days=7))

    assert follow(client, "/2024/05/06/ferry-late-again/") == ["/2024/04/29/ferry-late-again/"]


def test_story_that_moved_twice_is_one_step_from_both_old_addresses(client):
    article = make_public()

    article.move(slug="second")
    article.move(slug="third", published_at=MOMENT + timedelta(days=1))

    assert follow(client, "/2024/05/06/ferry-late-again/") == ["/2024/05/07/third/"]
    assert follow(client, "/2024/05/06/second/") == ["/2024/05/07/third/"]


def test_story_that_moved_back_is_at_its_first_address_without_a_circle(client):
    article = make_public()

    article.move(slug="second")
    article.move(slug="ferry-late-again")

    assert follow(client, "/2024/05/06/ferry-late-again/") == []
    assert follow(client, "/2024/05/06/second/") == ["/2024/05/06/ferry-late-again/"]


def test_old_address_still_leads_to_its_story_when_another_one_wants_it(client):
    first = make_public()
    first.move(slug="moved")

    second = make_public()

    assert second.get_absolute_url() == "/2024/05/06/ferry-late-again-2/"
    assert follow(client, "/2024/05/06/ferry-late-again/") == ["/2024/05/06/moved/"]


def test_story_at_an_address_comes_before_one_that_was_there(client):
    first, second = make_public("The first"), make_public("The second")
    FormerAddress.objects.create(article=first, published_on=second.published_on, slug=second.slug)

    assert "The second" in client.get(second.get_absolute_url()).content.decode()


def test_old_address_of_a_story_that_was_withdrawn_since_is_gone(client):
    article = make_public()
    article.move(slug="second")
    article.withdraw("We were wrong about the ferry.")

    response = client.get("/2024/05/06/ferry-late-again/")

    assert response.status_code == 410
    assert "We were wrong about the ferry." in response.content.decode()


def test_old_address_of_a_story_that_is_not_public_is_not_found(client):
    article = make_public()
    article.move(slug="second")
    Article.objects.filter(pk=article.pk).update(embargoed_until=timezone.now() + timedelta(days=1))

    response = client.get("/2024/05/06/ferry-late-again/")

    assert (response.status_code, response.headers.get("Location")) == (404, None)


# --- Withdrawn


@pytest.mark.parametrize("address", ["/2024/05/06/ferry-late-again/", "/s/{}/", "/republish/{}/"])
@pytest.mark.parametrize(("is_legal", "status"), [(False, 410), (True, 451)])
def test_withdrawn_story_says_why_and_nothing_else_of_it(client, address, is_legal, status):
    article = make_public(standfirst="Nobody looked at the clock.", authors=["Ines Calloway"])
    article.withdraw("We could not stand <by> it.", is_legal_takedown=is_legal)

    response = client.get(address.format(article.short_id))

    page = response.content.decode()
    assert response.status_code == status
    assert "We could not stand &lt;by&gt; it." in page
    assert [word for word in ("Ferry late again", "Nobody looked", "Calloway", article.short_id) if word in page] == []


@pytest.mark.parametrize("address", ["/{day:%Y/%m/%d}/not-yet/", "/s/{id}/", "/republish/{id}/"])
@pytest.mark.parametrize("hidden_by", ["published_at", "embargoed_until"])
def test_story_withdrawn_before_anybody_could_read_it_is_not_found(client, address, hidden_by):
    moment = timezone.now() + timedelta(days=2)
    article = make_article("Not yet", publish=True, **{hidden_by: moment})
    article.withdraw("It never ran.")

    response = client.get(address.format(day=article.published_on, id=article.short_id))

    assert response.status_code == 404
    assert "It never ran." not in response.content.decode()


def test_withdrawn_story_that_is_published_again_is_back_at_its_address(client):
    article = make_public()
    article.withdraw("In doubt.")

    article.publish()

    assert client.get("/2024/05/06/ferry-late-again/").status_code == 200


# --- Not found


@pytest.mark.parametrize(
    "address",
    [
        "/2023/02/30/ferry/", "/2023/02/29/", "/2024/00/", "/2024/13/", "/2024/13/01/", "/2024/05/00/", "/2024/05/32/", "/2024/05/39/ferry/",
        "/0000/", "/0999/01/01/", "/3000/", "/2024/5/6/ferry/", "/02024/", "/sitemap-2024-00.xml", "/sitemap-2024-13.xml", "/sitemap-0000-01.xml",
        "/1999/", "/2024/04/", "/2024/05/05/", "/2024/05/06/unknown/", "/sitemap-2024-04.xml",
        "/section/unknown/", "/topic/unknown/", "/author/unknown/", "/source/unknown/", "/s/2222222/", "/republish/2222222/", "/unknown/",
        "/pictures/2222222/480.jpg", "/media/originals/",
    ],
)  # fmt: skip
def test_address_of_nothing_is_not_found(client, address):
    make_public()

    assert client.get(address).status_code == 404


def test_the_current_year_answers_before_its_first_story(client):
    make_public()
    this_year = timezone.localdate().year

    page = client.get(f"/{this_year}/").content.decode()

    assert f"Nothing has been published in {this_year} yet." in page
    assert 'href="/2024/"' in page


def test_subject_without_a_public_story_is_not_found_but_an_empty_section_is_there(client):
    make_article(authors=["Ines Calloway"], topics=["Ferries"], source=make_source())

    statuses = [client.get(address).status_code for address in ("/author/ines-calloway/", "/topic/ferries/", "/source/the-halyard/")]

    assert statuses == [404, 404, 404]
    assert "Nothing has been published in this section yet." in client.get("/section/harbour/").content.decode()


HIDDEN = {
    "draft": {"status": "DRAFT"},
    "in review": {"status": "IN_REVIEW"},
    "scheduled": {"published_at": MOMENT.replace(year=2090)},
    "embargoed": {"embargoed_until": MOMENT.replace(year=2090)},
}


@pytest.mark.parametrize("hidden", HIDDEN)
@pytest.mark.parametrize(
    ("of_the_story", "of_nothing"),
    [
        ("/s/{id}/", "/s/2222222/"),
        ("/republish/{id}/", "/republish/2222222/"),
        ("/2024/05/06/ferry-late-again/", "/2024/05/06/unknown/"),
        ("/2024/05/06/ferry-late-again", "/2024/05/06/unknown-to-all"),
        ("/2024/05/06/", "/2024/05/07/"),
        ("/author/tom-strand/", "/author/nobody/"),
        ("/topic/strikes/", "/topic/nothing/"),
        ("/source/the-lantern/", "/source/no-paper/"),
        ("/?before={id}", "/?before=2222222"),
        ("/section/harbour/?before={id}", "/section/harbour/?before=2222222"),
        ("/search/?q=ferry&before={id}", "/search/?q=ferry&before=2222222"),
        ("/search/?q=clockwork", "/search/?q=nothingwork"),
    ],
)
def test_hidden_story_is_answered_byte_for_byte_like_one_that_does_not_exist(client, hidden, of_the_story, of_nothing):
    make_public("In print", published_at=MOMENT - timedelta(days=30))
    article = make_public(
        body="<p>Clockwork.</p>", authors=[make_author("Tom Strand")], topics=[make_topic("Strikes")], source=make_source("The Lantern")
    )
    Article.objects.filter(pk=article.pk).update(**HIDDEN[hidden])

    asked, unknown = client.get(of_the_story.format(id=article.short_id)), client.get(of_nothing)

    assert asked.status_code == unknown.status_code
    assert asked.content.replace(b"clockwork", b"nothingwork") == unknown.content
    assert said(asked) == said(unknown)


def said(response) -> dict[str, str]:
    """Return the headers, but a redirect's address, which repeats what was asked, and the length, which follows from the body."""
    return {name: value for name, value in response.headers.items() if name not in {"Location", "Content-Length"}}


def test_browser_asks_again_for_a_withdrawn_story_which_may_come_back(client):
    article = make_article(publish=True)
    article.withdraw("The document was not authentic.")

    gone = client.get(article.get_absolute_url())
    article.publish()
    back = client.get(article.get_absolute_url())

    assert (gone.status_code, gone["Cache-Control"], back.status_code) == (410, "no-cache", 200)
