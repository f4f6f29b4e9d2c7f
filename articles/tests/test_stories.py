"""The verbs of a story, and the one gate to what readers see."""

from datetime import UTC, date, datetime, timedelta

import pytest
from django.core.exceptions import ValidationError
from django.utils import timezone

from articles.models import Article, Correction, FormerAddress, Revision
from articles.search import ask
from articles.tests.build import make_article, make_figure, make_image

pytestmark = pytest.mark.django_db
NOON = datetime(2024, 6, 11, 12, tzinfo=UTC)
HOUR = timedelta(hours=1)


def events(article):
    return list(article.revisions.values_list("number", "event"))


def test_draft_is_not_public():
    make_article()

    assert list(Article.objects.public()) == []


def test_publish_puts_the_story_in_print_and_keeps_a_revision():
    article = make_article(authors=["Ines Calloway"])
    make_figure(article, image=make_image(credit="Photo: Owen Strand"), is_lead=True)

    article.publish()

    assert list(Article.objects.public()) == [article]
    assert article.byline == "Ines Calloway"
    assert article.captions == "The Margaret Lyle, late Photo: Owen Strand"
    revision = article.revisions.get()
    assert (revision.number, revision.event, revision.is_intact) == (1, Revision.Event.PUBLISHED, True)
    assert revision.story["figures"][0]["caption"] == "The Margaret Lyle, late"


def test_scheduled_story_opens_at_its_moment_without_any_worker():
    moment = timezone.now() + timedelta(hours=1)
    article = make_article(published_at=moment, publish=True)

    before = list(Article.objects.public(moment - timedelta(seconds=1)))
    after = list(Article.objects.public(moment))

    assert (before, after) == ([], [article])


def test_story_in_print_is_not_published_twice():
    article = make_article(publish=True)

    with pytest.raises(ValidationError, match="in print already"):
        article.publish()


def test_withdrawn_story_is_not_public_and_keeps_its_address_and_reason():
    article = make_article(published_at=NOON, publish=True)

    article.withdraw("  The figures were another year's. ", at=NOON + HOUR)

    assert list(Article.objects.public()) == []
    assert list(Article.objects.retracted()) == [article]
    article = Article.objects.get()
    assert (article.withdrawal_reason, article.withdrawn_at, article.is_legal_takedown) == ("The figures were another year's.", NOON + HOUR, False)
    assert article.get_absolute_url() == "/2024/06/11/ferry-late-for-the-fortieth-time/"
    assert events(article) == [(1, "PUBLISHED"), (2, "WITHDRAWN")]


def test_story_withdrawn_before_its_moment_was_never_seen():
    scheduled = make_article(published_at=timezone.now() + HOUR, publish=True)
    embargoed = make_article(published_at=NOON, embargoed_until=timezone.now() + HOUR, publish=True)

    scheduled.withdraw("Wrong.")
    embargoed.withdraw("Wrong.")

    assert list(Article.objects.retracted()) == []


def test_legal_takedown_is_remembered():
    article = make_article(publish=True)

    article.withdraw("A court has ordered it.", is_legal_takedown=True)

    assert Article.objects.get().is_legal_takedown


@pytest.mark.parametrize("reason", ["", " \n\t"])
def test_withdrawal_without_a_reason_is_refused(reason):
    article = make_article(publish=True)

    with pytest.raises(ValidationError, match="Say why"):
        article.withdraw(reason)

    assert list(Article.objects.public()) == [article]


@pytest.mark.parametrize("status", ["DRAFT", "IN_REVIEW", "WITHDRAWN"])
def test_only_a_story_in_print_is_corrected_or_withdrawn(status):
    article = make_article(publish=status == "WITHDRAWN", **({} if status == "WITHDRAWN" else {"status": status}))
    if status == "WITHDRAWN":
        article.withdraw("Wrong.")
    kept = events(article)

    with pytest.raises(ValidationError, match="Only a story in print can be corrected"):
        article.correct("The ferry was late.")
    with pytest.raises(ValidationError, match="Only a story in print can be withdrawn"):
        article.withdraw("Wrong again.")

    assert Article.objects.get().status == status
    assert events(article) == kept
    assert not Correction.objects.exists()


def test_verb_asks_the_database_and_not_the_row_in_hand():
    article = make_article(publish=True)
    stale = Article.objects.get()
    article.withdraw("Wrong.")

    with pytest.raises(ValidationError, match="Only a story in print"):
        stale.correct("The ferry was late.")


def test_withdrawn_story_can_be_published_again():
    article = make_article(published_at=NOON, publish=True)
    article.withdraw("Wrong.", is_legal_takedown=True)

    article.publish()

    article = Article.objects.public().get()
    assert (article.withdrawn_at, article.withdrawal_reason, article.is_legal_takedown) == (None, "", False)
    assert (article.published_at, article.get_absolute_url()) == (NOON, "/2024/06/11/ferry-late-for-the-fortieth-time/")
    assert events(article) == [(1, "PUBLISHED"), (2, "WITHDRAWN"), (3, "PUBLISHED")]


def test_story_published_again_on_another_day_leaves_its_old_address_behind():
    article = make_article(published_at=NOON, publish=True)
    article.withdraw("Wrong.")

    article.publish(at=NOON + timedelta(days=1))

    assert article.get_absolute_url() == "/2024/06/12/ferry-late-for-the-fortieth-time/"
    former = FormerAddress.objects.get()
    assert (former.article, former.published_on, former.slug) == (article, date(2024, 6, 11), article.slug)


def test_embargoed_story_opens_when_its_embargo_ends():
    article = make_article(published_at=NOON, embargoed_until=NOON + HOUR, publish=True)

    moments = [NOON - HOUR, NOON, NOON + HOUR - timedelta(seconds=1), NOON + HOUR]

    assert [list(Article.objects.public(at)) for at in moments] == [[], [], [], [article]]


def test_state_is_the_word_for_where_a_story_stands():
    future = timezone.now() + HOUR
    withdrawn = make_article(publish=True)
    withdrawn.withdraw("Wrong.")

    states = [
        make_article().state,
        make_article(status="IN_REVIEW").state,
        make_article(publish=True).state,
        make_article(published_at=future, publish=True).state,
        make_article(published_at=NOON, embargoed_until=future, publish=True).state,
        withdrawn.state,
    ]

    assert states == ["Draft", "In review", "Published", "Scheduled", "Scheduled", "Withdrawn"]


def test_scheduled_story_is_published_again_for_another_moment():
    article = make_article(published_at=timezone.now() + HOUR, publish=True)

    article.publish(at=NOON)

    assert list(Article.objects.public()) == [article]
    assert article.published_on == date(2024, 6, 11)


def test_correction_prints_the_change_and_says_so():
    article = make_article(published_at=NOON, publish=True)

    article.headline = "Ferry late for the forty-first time"
    correction = article.correct(" It was the forty-first time. ", Correction.Kind.CLARIFICATION, at=NOON + HOUR)

    article = Article.objects.public().get()
    assert (article.headline, article.updated_at) == ("Ferry late for the forty-first time", NOON + HOUR)
    assert list(article.corrections.all()) == [correction]
    assert (correction.text, correction.kind, correction.made_at) == ("It was the forty-first time.", "CLARIFICATION", NOON + HOUR)
    assert events(article) == [(1, "PUBLISHED"), (2, "CORRECTED")]


@pytest.mark.parametrize(("text", "kind"), [("", "CORRECTION"), (" ", "CORRECTION"), ("x" * 1001, "CORRECTION"), ("Late.", "GOSSIP"), ("Late.", "")])
def test_correction_that_says_nothing_readable_changes_nothing(text, kind):
    article = make_article(publish=True)
    article.headline = "Silently changed"

    with pytest.raises(ValidationError):
        article.correct(text, kind)

    assert Article.objects.get().headline == "Ferry late for the fortieth time"
    assert not Correction.objects.exists()


def test_withdrawal_takes_nothing_else_into_the_record():
    article = make_article(publish=True)
    stale = Article.objects.get()
    article.headline = "Ferry late for the forty-first time"
    article.correct("It was the forty-first time.")

    stale.withdraw("Wrong.")

    assert Article.objects.get().headline == "Ferry late for the forty-first time"


@pytest.mark.parametrize("words", ["Calloway", "Strand", "chandlery", "forty", "fortieth"])
def test_search_finds_the_byline_the_photographer_the_caption_and_the_text(words):
    article = make_article(authors=["Ines Calloway"], body="<p>Forty minutes.</p>")
    make_figure(article, "Outside the chandlery", image=make_image(credit="Photo: Owen Strand"))
    before = list(Article.objects.holding(ask(words).query).values_list("byline", flat=True))

    article.publish()

    assert before in ([], [""])
    assert list(Article.objects.public().holding(ask(words).query)) == [article]


def test_search_follows_a_correction():
    article = make_article(publish=True)
    make_figure(article, "Outside the chandlery")
    before = list(Article.objects.holding(ask("chandlery").query))

    article.correct("A picture was added.", Correction.Kind.UPDATE)

    assert (before, list(Article.objects.holding(ask("chandlery").query))) == ([], [article])


def test_body_without_words_is_no_story():
    article = make_article()
    article.body = '<p>&nbsp;</p><figure data-figure="1"></figure>'

    with pytest.raises(ValidationError, match="no text"):
        article.publish()

    assert list(Article.objects.public()) == []


def test_embargoed_story_without_a_date_is_published_when_the_embargo_ends():
    moment = timezone.now() + timedelta(days=1)
    article = make_article(embargoed_until=moment, publish=True)

    assert (article.published_at, article.published_on) == (moment, timezone.localdate(moment))


def test_story_without_a_standfirst_is_summed_up_by_its_first_words():
    article = make_article(body="<p>One two three.</p><p>" + "word " * 100 + "</p>", publish=True)

    assert article.summary.startswith("One two three. word")
    assert len(article.summary.split()) == 30


def test_story_whose_withdrawal_is_set_for_a_moment_is_public_until_then():
    article = make_article(publish=True)
    moment = timezone.now() + timedelta(hours=1)
    Article.objects.update(withdrawn_at=moment)

    assert list(Article.objects.public(moment - timedelta(seconds=1))) == [article]
    assert list(Article.objects.public(moment)) == []


def test_body_that_the_search_column_cannot_hold_is_refused():
    with pytest.raises(ValidationError, match="longer than the archive can search"):
        make_article(body="<p>" + "기사 " * 50_000 + "</p>")
