"""The edition: every change that readers can see is heard of, by who listens, in time; and a page from before it is shown to nobody."""

import re
import selectors
import socket
import threading
import time
from datetime import timedelta
from importlib import import_module
from pathlib import Path

import psycopg
import pytest
from django.contrib.flatpages.models import FlatPage
from django.core.handlers.wsgi import WSGIHandler
from django.core.management import call_command
from django.db import connection, connections, transaction
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from articles.models import Article, Author, BulkChange, ErrorReport, FrontPageStory, Image, Section, Sitting, Source, Topic, Word
from articles.tests.build import make_article, make_author, make_figure, make_image, make_topic, make_user
from licensing.models import LicenceTerms, Rate, RateCard, State
from licensing.tests.build import make_card, make_order, make_terms
from newsletters.tests.build import make_issue, make_subscription
from newsroom.caching import until_the_second_ends
from newsroom.edition import BEAT, LONGEST_SILENCE, next_moment
from newsroom.memory import FromMemory
from newsroom.tests.reader import MEMORY, ask, remembering, settle, wait_for
from newsroom.tests.test_access import deals, stories

pytestmark = pytest.mark.django_db(transaction=True)
WATCHED = set(import_module("newsroom.migrations.0004_edition").WATCHED)
FOLLOWS = {"articles_indexentry"}  # written by triggers of tables that are watched, in the same transaction
UNSEEN = {  # what no page that is kept reads
    "articles_articleevent", "articles_bulkchange", "articles_bulkchangestory", "articles_errorreport", "articles_importedfile", "articles_note",
    "articles_revision", "articles_secretlink", "articles_sitting", "auth_group", "auth_group_permissions", "auth_permission", "auth_user",
    "auth_user_groups", "auth_user_user_permissions", "django_admin_log", "django_content_type", "django_migrations", "django_session",
    "licensing_delivery", "licensing_grant", "licensing_licence", "licensing_licensee", "licensing_licenceorder", "licensing_movement",
    "licensing_notice", "licensing_orderedstory", "licensing_orderevent", "licensing_package", "licensing_payment", "licensing_publickey",
    "licensing_quoteline", "licensing_refund", "mail_message", "newsletters_consent", "newsletters_subscription", "newsroom_use",
}  # fmt: skip


@pytest.fixture
def heard():
    """What says how many announcements came since it was asked last."""
    with psycopg.connect(**_parameters(), autocommit=True) as ear:
        ear.execute("LISTEN newsroom_edition")
        yield lambda: len(list(ear.notifies(timeout=0.02)))


def _parameters() -> dict:
    given = connection.get_connection_params()
    return {name: given[name] for name in ("host", "port", "user", "password", "dbname") if given.get(name)}


@pytest.fixture
def site():
    """The whole application, once it knows what readers can see."""
    with remembering() as site:
        yield site


# --- What is heard of


def test_every_table_is_watched_or_no_page_that_is_kept_reads_it():
    tables = {name for name in connection.introspection.table_names() if not name.startswith("procrastinate")}

    assert tables - FOLLOWS == WATCHED | UNSEEN & tables
    assert not WATCHED & UNSEEN


def test_every_page_that_is_kept_reads_watched_tables_alone(client):
    call_command("load_seeds", verbosity=0)
    kept, seen, unwatched = set(), set(), {}
    for name, address in (stories() | deals() | {"sitemap": "/sitemap.xml", "pages": "/sitemap-pages.xml", "feed": "/rss.xml"}).items():
        with CaptureQueriesContext(connection) as asked:
            answer = client.get(address)
        if "s-maxage" in answer.get("Cache-Control", "") and answer.status_code == 200:
            kept.add(name)
            read = {table for query in asked for table in re.findall(r'(?:FROM|JOIN) \(?"?(\w+)"?', _as_prepared(query["sql"]))}
            seen |= read
            unwatched |= {name: unseen} if (unseen := read & (UNSEEN | {"procrastinate_jobs"})) else {}

    assert len(kept) > 20
    assert seen >= {"articles_article", "articles_figure", "articles_contribution", "articles_topic", "licensing_rate"}
    assert unwatched == {}


def _as_prepared(sql: str) -> str:
    """Return a query as it was prepared (newsroom/prepared.py), where it only names one."""
    if not (named := re.match(r"EXECUTE (\w+)", sql)):
        return sql
    with connection.cursor() as cursor:
        cursor.execute("SELECT statement FROM pg_prepared_statements WHERE name = %s", [named[1]])
        return cursor.fetchone()[0]


def test_every_change_that_readers_can_see_is_announced_once(heard):
    editor, story, other = make_user(), make_article("Ferry late", topics=["Ferries"], publish=True), make_article("Ferry sunk", publish=True)
    figure, author = make_figure(story, image=make_image()), make_author()
    page = FlatPage.objects.create(url="/about/", title="About", content="Us")
    card, terms = make_card(), make_terms()
    draft, twin, lone = make_article("Harbour sold"), make_topic("Ferry"), make_article("Harbour kept")
    Article.objects.filter(pk=lone.pk).update(status="PUBLISHED", published_at=timezone.now(), published_on=timezone.localdate(), slug="kept")
    heard()
    steps = {
        "publish": draft.publish,
        "correct": lambda: story.correct("The hour was wrong."),
        "move": lambda: story.move(slug="late-again"),
        "withdraw": lambda: other.withdraw("It never sank."),
        "schedule a withdrawal": lambda: story.withdraw("Sold.", at=timezone.now() + timedelta(days=1)),
        "stay": story.stay,
        "sort": lambda: story.sort(add=[twin]),
        "merge": lambda: make_topic("Ferries").absorb([twin.pk]),
        "caption": lambda: type(figure).objects.update(caption="The quay"),
        "crop": lambda: Image.objects.update(focal_x=0.1),
        "byline": lambda: story.contributions.create(author=author, position=1),
        "author": lambda: Author.objects.update(bio="Writes."),
        "section": lambda: Section.objects.update(description="Boats."),
        "topic": lambda: Topic.objects.update(description="Boats."),
        "source": lambda: Source.objects.update(description="Boats.") or Source.objects.create(name="Tern", slug="tern"),
        "front page": lambda: FrontPageStory.objects.arrange([story.pk, None, None, None], [None] * 4, by=editor),
        "static page": lambda: FlatPage.objects.filter(pk=page.pk).update(content="We"),
        "rates": lambda: Rate.objects.filter(card=card).first().delete(),
        "rate card": lambda: RateCard.objects.update(minimum_fee=1),
        "licence terms": lambda: LicenceTerms.objects.filter(pk=terms.pk).update(text="Pay."),
        "newsletter": lambda: make_issue(story),
        "words": Word.objects.collect,
        "raw SQL": lambda: connection.cursor().execute("TRUNCATE articles_frontpagestory"),
        "delete": lambda: Article.objects.filter(pk=lone.pk).delete(),
    }
    announced = {}
    for name, step in steps.items():
        with transaction.atomic():
            step()
        announced[name] = heard()

    assert announced == dict.fromkeys(steps, 1)


def test_what_readers_cannot_see_is_not_announced(heard):
    editor, story, draft = make_user(), make_article("Ferry late", publish=True, syndication="FOR_SALE"), make_article("Harbour sold")
    image, topic, author = make_image(), make_topic(), make_author()
    make_terms(), make_card()
    heard()

    draft.topics.add(topic)
    draft.contributions.create(author=author, position=1)
    make_figure(draft, image=image)
    draft.headline = "Harbour to be sold"
    draft.save()
    draft.submit(by=editor)
    draft.share("Our lawyer", timezone.now() + timedelta(days=1), by=editor)
    Sitting.objects.hear("window", editor, draft, {"headline": ["Harbour"]})
    ErrorReport.objects.create(article=story, text="The hour.")
    make_order(State.PAID, story)
    make_subscription()
    BulkChange.objects.gather("PUBLISH", Article.objects.filter(pk=draft.pk), editor)
    Article.objects.filter(pk=story.pk).update(headline=story.headline)  # nothing changes
    Article.objects.filter(pk=0).update(headline="Nothing")
    with transaction.atomic():
        story.correct("The hour was wrong.")
        transaction.set_rollback(True)
    draft.delete()

    assert heard() == 0


# --- What is shown


def test_change_is_shown_to_the_next_reader(site):
    article = make_article("Ferry late", publish=True)
    settle(site)
    address = article.get_absolute_url()
    before, kept = ask(site, address), ask(site, address)

    article.correct("The hour was wrong.")
    took = wait_for(lambda: "The hour was wrong." in ask(site, address).text)

    assert before == kept
    assert took < 2


def test_withdrawn_story_is_gone_for_the_next_reader(site):
    article = make_article("Ferry late", publish=True)
    settle(site)
    addresses = [article.get_absolute_url(), "/", article.section.get_absolute_url(), "/rss.xml", "/search/?q=ferry"]
    assert ["/ferry-late/" in ask(site, address).text for address in addresses * 2] == [True] * 10

    article.withdraw("It was not.")

    wait_for(lambda: ask(site, addresses[0]).status == 410)
    assert ["/ferry-late/" in ask(site, address).text for address in addresses] == [False] * 5


@pytest.mark.parametrize("moment", ["published_at", "embargoed_until", "withdrawn_at"])
def test_moment_that_was_set_before_is_kept_although_nobody_changes_anything(site, moment):
    article, at = make_article("Ferry late", publish=True), timezone.now() + timedelta(seconds=1.2)
    Article.objects.filter(pk=article.pk).update(**{moment: at})
    settle(site)
    opens = moment != "withdrawn_at"
    assert {"Ferry late" in ask(site, "/").text for _ in range(3)} == {not opens}
    assert len(site.listener.current().pages._pages)

    while timezone.now() <= at:
        assert ("Ferry late" in ask(site, "/").text) is not opens or timezone.now() > at

    assert {"Ferry late" in ask(site, "/").text for _ in range(3)} == {opens}
    wait_for(lambda: ask(site, "/") and (edition := site.listener.current()) and len(edition.pages._pages))


def test_page_that_was_begun_before_a_change_and_ends_after_it_is_not_kept():
    article = make_article("Ferry late", publish=True)
    django, once = WSGIHandler(), threading.Event()

    def slow(environ, start_response):
        answer = django(environ, start_response)
        if environ["PATH_INFO"] == article.get_absolute_url() and not once.is_set():
            once.set()
            article.correct("The hour was wrong.")
            settle(site)
        return answer

    with remembering(slow) as site:
        during, after = ask(site, article.get_absolute_url()), ask(site, article.get_absolute_url())

    assert ["The hour was wrong." in answer.text for answer in (during, after)] == [False, True]


def test_next_moment_is_the_nearest_and_a_new_day_at_the_latest():
    midnight = next_moment()
    now = timezone.now()
    make_article("Draft", published_at=now + timedelta(minutes=1))
    story = make_article("Ferry late", publish=True)
    story.withdraw("Sold.", at=now + timedelta(minutes=3))

    tomorrow = timezone.localtime() + timedelta(days=1)
    assert timezone.localtime(midnight) == tomorrow.replace(hour=0, minute=0, second=0, microsecond=0)
    assert next_moment() == min(midnight, now + timedelta(minutes=3))


# --- When the connection dies


def test_after_a_connection_that_was_closed_nothing_old_is_shown(site):
    article = make_article("Ferry late", publish=True)
    settle(site)
    ask(site, article.get_absolute_url())

    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()")
    article.correct("The hour was wrong.")

    wait_for(lambda: "The hour was wrong." in ask(site, article.get_absolute_url()).text)
    wait_for(site.listener.current, patience=10)
    assert "The hour was wrong." in ask(site, article.get_absolute_url()).text


class Wire(threading.Thread):
    """A connection to PostgreSQL that can fall silent, as a network does: nothing is closed, and nothing comes any more."""

    def __init__(self, folder: Path, server: str):
        super().__init__(daemon=True)
        self.server, self.is_silent, self.is_over = server, False, False
        self.door = socket.socket(socket.AF_UNIX)
        self.door.bind(str(folder / ".s.PGSQL.5432"))
        self.door.listen()

    def run(self) -> None:
        ends, chosen = {}, selectors.DefaultSelector()
        chosen.register(self.door, selectors.EVENT_READ)
        while not self.is_over:
            for key, _ in chosen.select(0.02):
                if key.fileobj is self.door:
                    ours, theirs = self.door.accept()[0], socket.socket(socket.AF_UNIX)
                    theirs.connect(self.server)
                    ends |= {ours: theirs, theirs: ours}
                    chosen.register(ours, selectors.EVENT_READ)
                    chosen.register(theirs, selectors.EVENT_READ)
                elif data := key.fileobj.recv(100_000):
                    if not self.is_silent:
                        ends[key.fileobj].sendall(data)
                else:
                    chosen.unregister(key.fileobj)
        for end in (*ends, self.door):
            end.close()


def test_after_a_connection_that_fell_silent_nothing_older_than_two_seconds_is_shown(tmp_path, monkeypatch):
    article = make_article("Ferry late", publish=True)
    server = connection.settings_dict["HOST"]
    wire = Wire(tmp_path, f"{server}/.s.PGSQL.5432")
    wire.start()
    site = FromMemory(WSGIHandler(), MEMORY)
    monkeypatch.setitem(connections.databases["default"], "HOST", str(tmp_path))
    site.listener.start()
    wait_for(site.listener.current)
    monkeypatch.undo()
    ask(site, article.get_absolute_url())

    answers, shown = [], until_the_second_ends(site)

    def is_corrected() -> bool:
        answers.append(ask(shown, article.get_absolute_url()))
        return "The hour was wrong." in answers[-1].text

    wire.is_silent, silent_at = True, time.time()
    article.correct("The hour was wrong.")
    took = wait_for(is_corrected)

    assert len(answers) > 1  # the test tests something
    assert took < 2
    assert {int(answer.headers["X-Accel-Expires"][1:]) - int(silent_at) for answer in answers[:-1]} <= {-1, 0}  # the second in which it was true
    assert site.listener.current() is None
    wire.is_over = True
    wire.join()
    site.listener.stop()


def test_silence_is_noticed_soon_enough_for_the_second_that_nginx_keeps_a_page_and_not_by_one_late_heartbeat():
    assert 2 * BEAT < LONGEST_SILENCE < 2 - 1
