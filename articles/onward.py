"""Where a reader goes from a story: to related stories, and to the ones before and after it in its section."""

from datetime import datetime
from functools import cache
from types import SimpleNamespace

from django.db.models import Count, DateTimeField, F, OuterRef, QuerySet, Subquery
from django.db.models.functions import Coalesce, Greatest
from django.utils import timezone

from articles.models import Article
from newsroom.prepared import AnyOf, Blank, Prepared

RELATED = 4
NEAR, OF_A_TOPIC, TOPICS = 50, 25, 8  # the most that are looked at: stories on either side in time, stories of each topic, topics
AT, TOPIC_KEYS = Blank("at"), AnyOf("topics")
STORY = SimpleNamespace(pk=Blank("pk"), published_at=Blank("published_at", DateTimeField()), section=Blank("section"))
TopicUse = Article.topics.through


def onward(story: Article) -> dict:
    """Return the stories that lead on: `related`, four at most, `previous` and `next`; in one query, and none for a draft."""
    if not story.published_at:
        return {"related": [], "previous": None, "next": None}
    topics = [topic.pk for topic in story.topics.all()]
    looked_at = {f"topic{number}": topic for number, topic in enumerate(topics[:TOPICS])}
    known = {"at": timezone.now(), "pk": story.pk, "published_at": story.published_at, "section": story.section_id, "topics": topics}
    found = _found(tuple(looked_at)).rows(**known, **looked_at)
    beside = [other for other in found if other.section_id == story.section_id]
    following = min((other for other in beside if _place(other) > _place(story)), key=_place, default=None)
    earlier = max((other for other in beside if _place(other) < _place(story)), key=_place, default=None)
    related = [other for other in found if other.shared and other not in {following, earlier}][:RELATED]
    _show_each_picture_once(story, related)
    return {"related": related, "previous": earlier, "next": following}


@cache
def _found(topics: tuple[str, ...]) -> Prepared:
    """Return the query for the stories that may lead on from one that has so many topics, those that share the most with it first."""
    in_section = Article.objects.public(AT).in_section(STORY.section)
    walks = [in_section.after(STORY).newest_first()[:1], in_section.before(STORY).oldest_first()[:1]]
    if topics:
        walks.append(_compared(_candidates(topics)).order_by("-shared", "apart", "pk")[: RELATED + 2])
    keys = _together([walk.values("pk") for walk in walks])
    return Prepared(_compared(Article.objects.public(AT).filter(pk__in=keys).for_cards()).order_by("-shared", "apart", "pk"))


def _place(story: Article) -> tuple[datetime, int]:
    return story.published_at, story.pk


def _show_each_picture_once(story: Article, related: list[Article]) -> None:
    shown = {figure.image_id for figure in story.figures.all()}
    for other in related:
        if other.lead and other.lead.image_id in shown:
            other.lead_figure = None
        elif other.lead:
            shown.add(other.lead.image_id)


def _candidates(topics: tuple[str, ...]) -> QuerySet:
    """Return the stories that may be related: a bounded number, so that a topic of a hundred thousand stories costs what one of fifty does.

    A rare topic is looked at whole. Of a common one the nearest in time are found beside the story; between the two, some of it has to do.
    """
    public = Article.objects.public(AT)
    near = [public.after(STORY).newest_first()[:NEAR], public.before(STORY).oldest_first()[:NEAR]]
    uses = [_newest_uses(Blank(topic)).exclude(article=STORY.pk)[:OF_A_TOPIC] for topic in topics]
    keys = [stories.values("pk") for stories in near] + [use.values("article_id") for use in uses]
    return public.filter(pk__in=_together(keys))


def _newest_uses(topic: Blank) -> QuerySet:
    """Return the uses of a topic, those that were noted last first: a walk of its index, which keeps one key's rows in the order of the table.

    A range of one is asked for in place of the topic, or PostgreSQL would think nothing of the order and read the table from its beginning.
    """
    return TopicUse.objects.filter(topic__gte=topic, topic__lte=topic).order_by("-topic_id")


def _compared(stories: QuerySet) -> QuerySet:
    """Say of each story how many topics it shares with this one, and how far apart in time they are."""
    uses = TopicUse.objects.filter(article=OuterRef("pk"), topic=TOPIC_KEYS).order_by().values("article")
    shared, at = uses.annotate(count=Count("pk")).values("count"), STORY.published_at
    return stories.annotate(shared=Coalesce(Subquery(shared), 0), apart=Greatest(F("published_at") - at, at - F("published_at")))


def _together(walks: list[QuerySet]) -> QuerySet:
    return walks[0].union(*walks[1:], all=True)
