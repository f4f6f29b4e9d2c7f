"""Where a reader goes from a story: to related stories, and to the ones before and after it in its section."""

from datetime import datetime

from django.db.models import Count, F, OuterRef, QuerySet, Subquery, Value
from django.db.models.functions import Coalesce, Greatest

from articles.models import Article, Topic

RELATED = 4
NEAR, OF_A_TOPIC, TOPICS = 100, 50, 8  # the most that are looked at: stories on either side in time, stories of each topic, topics
TopicUse = Article.topics.through


def onward(story: Article) -> dict:
    """Return the stories that lead on: `related`, four at most, `previous` and `next`; in one query, and none for a draft."""
    if not story.published_at:
        return {"related": [], "previous": None, "next": None}
    topics = list(story.topics.all())
    in_section = Article.objects.public().in_section(story.section)
    walks = [in_section.after(story).newest_first()[:1], in_section.before(story).oldest_first()[:1]]
    if topics:
        walks.append(_compared(_candidates(story, topics), story, topics).order_by("-shared", "apart", "pk")[: RELATED + 2])
    keys = _together([walk.values("pk") for walk in walks])
    found = list(_compared(Article.objects.public().filter(pk__in=keys).for_cards(), story, topics).order_by("-shared", "apart", "pk"))
    beside = [other for other in found if other.section_id == story.section_id]
    following = min((other for other in beside if _place(other) > _place(story)), key=_place, default=None)
    earlier = max((other for other in beside if _place(other) < _place(story)), key=_place, default=None)
    related = [other for other in found if other.shared and other not in {following, earlier}][:RELATED]
    _show_each_picture_once(story, related)
    return {"related": related, "previous": earlier, "next": following}


def _place(story: Article) -> tuple[datetime, int]:
    return story.published_at, story.pk


def _show_each_picture_once(story: Article, related: list[Article]) -> None:
    shown = {figure.image_id for figure in story.figures.all()}
    for other in related:
        if other.lead and other.lead.image_id in shown:
            other.lead_figure = None
        elif other.lead:
            shown.add(other.lead.image_id)


def _candidates(story: Article, topics: list[Topic]) -> QuerySet:
    """Return the stories that may be related: a bounded number, so that a topic of a hundred thousand stories costs what one of fifty does.

    A rare topic is looked at whole. Of a common one the nearest in time are found beside the story; between the two, some of it has to do.
    """
    public = Article.objects.public()
    near = [public.after(story).newest_first()[:NEAR], public.before(story).oldest_first()[:NEAR]]
    uses = [_newest_uses(topic).exclude(article=story.pk)[:OF_A_TOPIC] for topic in topics[:TOPICS]]
    keys = [stories.values("pk") for stories in near] + [use.values("article_id") for use in uses]
    return public.filter(pk__in=_together(keys))


def _newest_uses(topic: Topic) -> QuerySet:
    """Return the uses of a topic, those that were noted last first: a walk of its index, which keeps one key's rows in the order of the table.

    A range of one is asked for in place of the topic, or PostgreSQL would think nothing of the order and read the table from its beginning.
    """
    return TopicUse.objects.filter(topic__gte=topic.pk, topic__lte=topic.pk).order_by("-topic_id")


def _compared(stories: QuerySet, story: Article, topics: list[Topic]) -> QuerySet:
    """Say of each story how many topics it shares with this one, and how far apart in time they are."""
    uses = TopicUse.objects.filter(article=OuterRef("pk"), topic__in=topics).order_by().values("article")
    shared = uses.annotate(count=Count("pk")).values("count")
    at = Value(story.published_at)
    return stories.annotate(shared=Coalesce(Subquery(shared), 0), apart=Greatest(F("published_at") - at, at - F("published_at")))


def _together(walks: list[QuerySet]) -> QuerySet:
    return walks[0].union(*walks[1:], all=True)
