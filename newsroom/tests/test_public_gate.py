"""Nothing unpublished leaves by any address: every URL pattern is walked with stories that readers must not see."""

import re
import subprocess
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from io import BytesIO
from itertools import product
from urllib.parse import quote_plus
from zipfile import ZipFile

import pytest
from django.contrib.auth import get_user_model
from django.contrib.flatpages.models import FlatPage
from django.http import HttpResponse
from django.urls import URLPattern, get_resolver, path
from django.urls.converters import IntConverter, StringConverter
from django.urls.resolvers import RegexPattern, RoutePattern
from django.utils import timezone

from articles.converters import FeedName, RenditionName, ShortId, Slug, TwoDigits, Year
from articles.converters import Secret as LinkSecret
from articles.models import Article, FormerAddress, FrontPageStory
from articles.tests.build import make_article, make_author, make_figure, make_image, make_source, make_topic, make_user
from licensing.converters import Secret as OrderSecret
from licensing.converters import Typed
from licensing.models import Buyer, Licence, LicenceOrder, Licensee, Notice, OrderedStory, State
from licensing.quotes import make_quote
from licensing.rights import pictures_of
from licensing.tests.build import WHO, choose, make_card, make_terms
from licensing.tests.programs import needed
from newsletters.converters import Secret
from newsletters.models import Consent, Issue, IssueStory, Subscription, fingerprint
from newsroom import urls

pytestmark = pytest.mark.django_db

FIELDS = ("headline", "kicker", "standfirst", "dateline", "body", "caption", "alt", "credit", "author", "topic", "source", "slug", "former")
JPEG = b"\xff\xd8\xff"
STATES = {"draft": 1, "review": 2, "scheduled": 3, "embargoed": 4, "withdrawn": 5, "legal": 6, "never": 7, "public": 8}
ISSUE_YEAR = 1959  # of the newsletters that name every story; no story stands in it
TOKEN = "zqnewslettertokenzqzqz"
SECRET = [state for state in STATES if state != "public"]


@dataclass
class Planted:
    """A story with a word of its own in every field, and what an address can be made of."""

    state: str
    article: Article
    image: object
    words: dict[str, str]

    @property
    def secrets(self) -> list[str]:
        """Every string that betrays the story: its words, its ids, and its year, in which no other story stands."""
        return [*self.words.values(), self.article.short_id, self.image.short_id, str(self.article.published_at.year)]

    @property
    def ordered(self) -> list[OrderedStory]:
        """The story as it stands in orders, of every state."""
        return list(self.article.ordered.select_related("order"))


def word(state: str, name: str) -> str:
    """Return a word that stands nowhere else, short enough for all of a story's to fit into one search."""
    return f"zq{'abcdefgh'[STATES[state] - 1]}{name[:3]}"


def plant(state: str) -> Planted:
    """Make the story of a state, as close to being shown as that state allows."""
    words = {name: word(state, name) for name in FIELDS}
    year = 2091 if state == "scheduled" else 1960 + STATES[state]
    moment = datetime(year, STATES[state], 10, 12, tzinfo=UTC)
    image = make_image(words["alt"], credit=words["credit"])
    article = make_article(
        words["headline"], kicker=words["kicker"], standfirst=words["standfirst"], dateline=words["dateline"], body=f"<p>{words['body']}</p>",
        slug=words["slug"], published_at=moment, authors=[make_author(words["author"])], topics=[make_topic(words["topic"])],
        source=make_source(words["source"]), embargoed_until=timezone.now() + timedelta(days=1) if state in {"embargoed", "never"} else None,
    )  # fmt: skip
    make_figure(article, words["caption"], image, is_lead=True)
    article.publish()
    if state in {"draft", "review"}:  # even one that has been through print and has its day, its byline and its captions
        status = {"draft": Article.Status.DRAFT, "review": Article.Status.IN_REVIEW}[state]
        Article.objects.filter(pk=article.pk).update(status=status)
    if state in {"withdrawn", "legal", "never"}:
        article.withdraw("It was not ours to print.", is_legal_takedown=state == "legal")
    FormerAddress.objects.create(article=article, published_on=article.published_on, slug=words["former"])
    link = article.share("Our lawyer", timezone.now() + timedelta(days=1), by=make_user(f"desk-{state}"))
    if state != "public":
        article.unshare(link)
    return Planted(state, article, image, words)


# --- The walker. It knows what an argument of an address can be filled with; what it does not know, it refuses to pass over.

FILLS = {
    ("slug", Slug): lambda story: [story.words[name] for name in ("slug", "former", "author", "topic", "source")] + [story.article.section.slug],
    ("short_id", ShortId): lambda story: [story.article.short_id, story.image.short_id],
    ("year", Year): lambda story: [story.article.published_on.year, ISSUE_YEAR],
    ("month", TwoDigits): lambda story: [story.article.published_on.month],
    ("day", TwoDigits): lambda story: [story.article.published_on.day],
    ("format", FeedName): lambda story: ["rss.xml", "atom.xml", "feed.json"],
    ("token", Secret): lambda story: [TOKEN],
    ("key", Secret): lambda story: [TOKEN],
    ("secret", OrderSecret): lambda story: [secret for row in story.ordered for secret in (row.order.secret, row.order.release_secret)],
    ("secret", LinkSecret): lambda story: [link.secret for link in story.article.secret_links.all()],
    ("reference", Typed): lambda story: [licence.reference for licence in story.article.licences.all()],
    ("notice", IntConverter): lambda story: Notice.objects.filter(licence__article=story.article).values_list("pk", flat=True),
    ("token", StringConverter): lambda story: [licence.files_link.split("/")[-2] for licence in story.article.licences.all()],
    ("version", IntConverter): lambda story: [1],
    ("part", IntConverter): lambda story: [1],
    ("name", RenditionName): lambda story: [story.image.smallest.name, *(copy.name for copy in story.image.offers("3x2", "avif"))],
}
FLATPAGE = "^(?P<url>[-\\w/]{1,90}/)$"
SAMPLE = "/republish/sample.zip"  # its picture is a grey rectangle
POSTED = ("/answer/", "/drop/<short_id:short_id>/", "/price-anew/", "/seen/<int:notice>/")  # buttons, which lead back to the order's page
ASKED = "search/<feed:format>"  # only where something is searched for
TEACH = "The walk of test_public_gate does not know {}. Teach FILLS which values of a story it can take, so that nothing leaks there unseen."


def patterns(entries, prefix=()) -> list[tuple[RoutePattern, ...]]:
    """Return every URL pattern below `entries` as the chain of its parts, but those of the admin."""
    found = []
    for entry in entries:
        chain = (*prefix, entry.pattern)
        if "".join(map(str, chain)).startswith("admin/"):
            continue
        if isinstance(entry, URLPattern):
            found.append(chain)
        else:
            found += patterns(entry.url_patterns, chain)
    return found


def addresses(chain, story: Planted) -> list[str]:
    """Return every address that the pattern makes of a story's values."""
    texts = [""]
    for part in chain:
        texts = [before + after for before, after in product(texts, filled(part, story))]
    return [f"/{text}" for text in texts]


def filled(part, story: Planted) -> list[str]:
    if isinstance(part, RegexPattern):
        assert str(part) == FLATPAGE, TEACH.format(f"the regular expression {part}")
        return ["about/", *(f"{text}/" for text in story.secrets)]
    assert isinstance(part, RoutePattern), TEACH.format(f"patterns of the kind {type(part).__name__}")
    routes = [str(part)]
    for name, converter in part.converters.items():
        values = FILLS.get((name, type(converter)))
        assert values, TEACH.format(f"the argument {name!r} ({type(converter).__name__}) of {part}")
        texts = [converter.to_url(value) for value in values(story)]
        routes = [replaced(route, name, text) for route in routes for text in texts]
    return routes


def replaced(route: str, name: str, text: str) -> str:
    """Put `text` where the route has <name> or <converter:name>."""
    start = min(at for at in (route.find(f":{name}>"), route.find(f"<{name}>")) if at >= 0)
    return route[: route.rindex("<", 0, start + 1)] + text + route[route.index(">", start) + 1 :]


def visit(client, address: str, method: str = "get", query: dict | None = None) -> tuple[int, str]:
    """Return the status, and the headers and body as text, without the reader's own words that a page repeats."""
    response = getattr(client, method)(address, query, headers={"Sec-Fetch-Site": "same-origin"})
    body = b"".join(response.streaming_content) if response.streaming else response.content
    said = "\n".join(f"{name}: {value}" for name, value in response.headers.items()) + "\n" + readable(body).decode("latin-1")
    for echo in (query or {}).values():
        said = said.replace(echo, "").replace(quote_plus(echo), "")
    return response.status_code, said


def readable(body: bytes) -> bytes:
    """Return what is in a file: the words of a sheet, and all that a package holds."""
    if body.startswith(b"%PDF"):
        return subprocess.run([needed("pdftotext"), "-", "-"], input=body, check=True, capture_output=True).stdout
    if body.startswith(b"PK"):
        with ZipFile(BytesIO(body)) as archive:
            return b"\n".join(name.encode() + b"\n" + readable(archive.read(name)) for name in archive.namelist())
    return body


def is_said(secret: str, said: str) -> bool:
    """Whether a text says it; a year stands by itself, not by chance among the letters of a signature."""
    return bool(re.search(rf"(?<!\w){secret}(?!\w)", said)) if secret.isdigit() else secret in said


def leaks(client, story: Planted, entries) -> set[str]:
    """Walk every pattern with a story's values; return what betrays it, as "pattern: word"."""
    everything = " OR ".join(story.words.values())
    assert len(everything) <= 200, "the search box would refuse this"
    queries = [{"q": everything}, {"q": story.words["headline"]}, {"before": story.article.short_id}]
    found = set()
    for chain in patterns(entries):
        name = "/" + "".join(map(str, chain))
        for address in addresses(chain, story):
            answers = [visit(client, address)]
            if answers[0][0] != 404:
                answers += [visit(client, address, "head")]
            if answers[0][0] == 405:
                answers += [visit(client, address, "post")]
            if answers[0][0] in {200, 400}:  # the feed of a search is refused where nothing is searched for
                answers += [visit(client, address, query=query) for query in queries]
            assert max(status for status, _ in answers) < 500, address
            said = "".join(text for _, text in answers)
            found |= {f"{name}: {secret}" for secret in story.secrets if is_said(secret, said)}
            found |= {f"{name}: a picture"} if JPEG.decode("latin-1") in said and name != SAMPLE else set()
    return found


@pytest.fixture(params=["a visitor", pytest.param("a visitor who is logged in", marks=pytest.mark.slow)])
def visitor(request, client):
    if "logged in" in request.param:
        client.force_login(get_user_model().objects.create_user("reader", password="harbour-lights"))
    return client


def plant_everything() -> dict[str, Planted]:
    stories = {state: plant(state) for state in STATES}
    for place, state in enumerate(["draft", "scheduled", "embargoed", "withdrawn"], start=1):
        FrontPageStory.objects.create(article=stories[state].article, place=place)
    FlatPage.objects.create(url="/about/", title="About us", content="<p>A paper.</p>").sites.set([1])
    plant_newsletters([story.article for story in stories.values()])
    plant_licences([story.article for story in stories.values()])
    return stories


def plant_newsletters(articles: list[Article]) -> None:
    """Make newsletters that name every story, and somebody who has asked for them."""
    for month in STATES.values():
        issue = Issue.objects.create(day=date(ISSUE_YEAR, month, 10), closed_at=timezone.now())
        IssueStory.objects.bulk_create(IssueStory(issue=issue, article=each, position=place) for place, each in enumerate(articles))
    reader = Subscription.objects.create(email="reader@example.org", key=TOKEN, token_sha256=fingerprint(TOKEN), asked_at=timezone.now())
    reader.consents.create(event=Consent.Event.ASKED, at=timezone.now(), wording="We send you stories.", wording_version="1")


def plant_licences(articles: list[Article]) -> None:
    """Make orders of every story, in every state that shows something, and a licence of it, as if each had been in print when it was sold."""
    card, terms = make_card(), make_terms()
    licensee = Licensee.objects.create(organisation="Hill Farming Ltd", email="accounts@hill-farming.example", credit_limit=5000)
    for article in articles:
        quote = make_quote(card, article, choose(card, pictures=pictures_of(article)))
        for state in (State.DRAFT, State.ACCEPTED, State.PAID):
            order = LicenceOrder.objects.record(quote, f"{article.short_id}-{state}")
            order.name_buyer(Buyer(**WHO), terms)
            order.state, order.account = state, licensee
            order.save()
        licence = Licence.objects.issue(article.ordered.select_related("order").get(order__state=State.PAID), timezone.now())
        Notice.objects.create(licence=licence, kind=Notice.Kind.CORRECTED, revision=licence.revision)


def test_no_address_shows_a_word_or_a_picture_of_a_story_that_is_not_public(visitor):
    stories = plant_everything()

    found = {state: leaks(visitor, stories[state], get_resolver().url_patterns) for state in SECRET}

    assert found == {state: set() for state in SECRET} | {"withdrawn": proof_of(stories["withdrawn"])}


def proof_of(story: Planted) -> set[str]:
    """What the proofs of a licence go on saying of a story that was withdrawn, unless the law had it taken down."""
    order, licence = "/orders/<secret:secret>/", "/licence/<typed:reference>/"
    said = {order: ("headline", "alt"), licence: ("headline", "alt", "credit"), f"{order}quote.pdf": ("headline", "alt")}
    said |= {f"{order}drop/<short_id:short_id>/": ("headline", "alt"), f"{order}price-anew/": ("headline", "alt")}
    return {f"{page}: {story.words[name]}" for page, names in said.items() for name in names}


def test_the_same_walk_finds_every_word_and_the_picture_of_a_story_that_is_public(client):
    story = plant_everything()["public"]

    found = leaks(client, story, get_resolver().url_patterns)

    assert {line.partition(": ")[2] for line in found} == {*story.secrets, "a picture"} - {story.words["former"]}


def test_every_pattern_answers_for_a_story_that_is_public(client):
    story = plant_everything()["public"]

    lost = [
        "".join(map(str, chain))
        for chain in patterns(get_resolver().url_patterns)
        if not {status for address in addresses(chain, story) for status in statuses(client, address)} & {200, 301, 302}
    ]

    assert lost == [pattern for pattern in lost if pattern.endswith(POSTED) or pattern == ASKED]


def statuses(client, address: str) -> list[int]:
    """Return the status of a look at an address, or, where it is a button's, of pressing it."""
    status = visit(client, address)[0]
    return [visit(client, address, "post")[0] if status == 405 else status]


# --- The walk itself can fail: an address added without the gate is found, one with an unknown argument is refused.


class LeakyAddresses:
    """The site with one address more, whose view forgot the gate."""

    @staticmethod
    def view(request, short_id):
        return HttpResponse(Article.objects.filter(short_id=short_id).values_list("headline"))

    urlpatterns = [path("forgotten/<short_id:short_id>/", view), *urls.urlpatterns]


class UnknownAddresses:
    """The site with an address whose argument the walk has not been taught."""

    urlpatterns = [*urls.urlpatterns, path("issues/<int:number>/", LeakyAddresses.view)]


@pytest.mark.slow
def test_the_walk_finds_a_new_view_that_forgot_the_gate(client, settings):
    settings.ROOT_URLCONF = LeakyAddresses
    story = plant("draft")

    found = leaks(client, story, get_resolver().url_patterns)

    assert found == {f"/forgotten/<short_id:short_id>/: {story.words['headline']}"}


@pytest.mark.slow
def test_the_walk_refuses_an_argument_that_it_was_not_taught(client, settings):
    settings.ROOT_URLCONF = UnknownAddresses
    story = plant("draft")

    with pytest.raises(AssertionError, match=r"does not know the argument 'number' \(IntConverter\) of issues/<int:number>/. Teach FILLS"):
        leaks(client, story, get_resolver().url_patterns)
