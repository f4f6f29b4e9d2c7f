"""Queries that are made once: they find what the queryset would, on every connection."""

from threading import Thread

import psycopg
import pytest
from django.db import connection, connections
from django.db.models import DateTimeField, F
from django.utils import timezone

from articles.models import Article, Section
from articles.tests.build import make_article, make_section
from newsroom.prepared import AnyOf, Blank, Prepared


def headlines(rows: list[Article]) -> list[str]:
    return [story.headline for story in rows]


@pytest.mark.django_db
def test_prepared_query_finds_what_fits_the_values_of_each_time(django_assert_num_queries):
    harbour, sport = (make_section(name) for name in ("Harbour", "Sport"))
    for headline, section in [("Late 100 % of days", harbour), ("Won", sport), ("Lost", sport)]:
        make_article(headline, section=section, publish=True)
    before = Blank("at", DateTimeField()) - F("published_at")
    stories = Article.objects.public(Blank("at")).filter(section=Blank("section"), headline=AnyOf("headlines")).exclude(headline="100 %")
    prepared = Prepared(stories.annotate(age=before).select_related("section").order_by("pk"))
    now = timezone.now()

    with django_assert_num_queries(3):
        found = prepared.rows(at=now, section=harbour.pk, headlines=["Late 100 % of days", "Won"])
        both = prepared.rows(at=now, section=sport.pk, headlines=["Won", "Lost"])
        none = prepared.rows(at=now, section=sport.pk, headlines=[])

    assert (headlines(found), headlines(both), none) == (["Late 100 % of days"], ["Won", "Lost"], [])
    assert (found[0].section, found[0].age) == (harbour, now - found[0].published_at)


@pytest.mark.django_db(transaction=True)
def test_prepared_query_is_asked_on_a_new_connection_and_on_another_thread_s():
    make_section("Harbour")
    prepared, found = Prepared(Section.objects.filter(name=Blank("name"))), []

    def ask():
        found.extend(prepared.rows(name="Harbour"))
        connection.close()

    for _ in range(2):  # it is planned, and asked once more, on each connection
        ask()
    thread = Thread(target=ask)
    thread.start()
    thread.join()

    assert [section.name for section in found] == ["Harbour"] * 3


@pytest.mark.django_db(transaction=True)
def test_prepared_query_is_planned_anew_after_a_migration_has_changed_what_it_finds():
    make_section("Harbour")
    prepared = Prepared(Section.objects.filter(name=Blank("name")))
    assert len(prepared.rows(name="Harbour")) == 1

    with connection.cursor() as cursor:
        cursor.execute("ALTER TABLE articles_section ALTER COLUMN description TYPE varchar(333)")
        found = [prepared.rows(name="Harbour") for _ in range(2)]
        cursor.execute("ALTER TABLE articles_section ALTER COLUMN description TYPE varchar(240)")

    assert [[section.name for section in sections] for sections in found] == [["Harbour"]] * 2


@pytest.mark.django_db(transaction=True)
def test_prepared_query_is_asked_after_postgresql_has_ended_the_connection(monkeypatch):
    make_section("Harbour")
    prepared = Prepared(Section.objects.filter(name=Blank("name")))
    prepared.rows(name="Harbour")
    with psycopg.connect(**connection.get_connection_params() | {"cursor_factory": None, "autocommit": True}) as other:
        other.execute("SELECT pg_terminate_backend(%s, 5000)", [connection.connection.info.backend_pid])
    monkeypatch.setattr(connections["default"], "health_check_enabled", True)  # as at the beginning of a request
    monkeypatch.setattr(connections["default"], "health_check_done", False)

    found = prepared.rows(name="Harbour")

    assert [section.name for section in found] == ["Harbour"]


@pytest.mark.django_db
def test_blank_that_nobody_fills_is_an_error_and_not_a_null():
    prepared = Prepared(Section.objects.filter(name=Blank("name")))

    with pytest.raises(KeyError):
        prepared.rows()
