"""What the front page is made of."""

from calendar import isleap
from datetime import date
from functools import cache

from django.db import connection
from django.utils import timezone

from articles.models import Article, FrontPageStory, Section
from articles.reading import cards
from newsroom.prepared import AnyOf, Blank, Prepared

SECONDS, RIVER, BAND, ANNIVERSARIES = len(FrontPageStory.Place) - 1, 8, 4, 3
TOP = 1 + SECONDS + RIVER
COUNTED = 10_000  # stories; so many are counted on every visit, in milliseconds


def front_page() -> dict:
    """Return the lead, the seconds, the river of latest, a band for each section, this day in other years, and the archive's size.

    What an editor chose comes first; the newest stories fill the places left. No story is shown twice, and no picture.
    Six queries at most, however large the archive: each set of stories is a short walk of an index, all of them in one query,
    and only those that are printed are read whole.
    """
    today = timezone.localdate()
    sections = list(Section.objects.all())
    archive = _archive()
    places = {f"section{number}": section.pk for number, section in enumerate(sections)}
    days = _anniversaries(today, archive["since"] or today)
    top, on_this_day, bands = _plan(_candidates(tuple(places)).rows(at=timezone.now(), days=days, **places), sections, today)
    printed = top + on_this_day + [pk for band in bands.values() for pk in band]
    stories = cards(printed)
    top, on_this_day = ([stories[pk] for pk in pks if pk in stories] for pks in (top, on_this_day))
    bands = [(section, [stories[pk] for pk in bands[section.pk] if pk in stories]) for section in sections]
    _hang_pictures(top, bands, on_this_day)
    return {
        "lead": top[0] if top else None,
        "seconds": top[1 : 1 + SECONDS],
        "river": top[1 + SECONDS :],
        "bands": [(section, stories) for section, stories in bands if stories],
        "on_this_day": on_this_day,
        "today": today,
        "sections": sections,
        "archive": archive,
    }


def _anniversaries(day: date, since: date) -> list[date]:
    """Return the same day in earlier years, back to the year of `since`."""
    years = range(since.year, day.year) if (day.month, day.day) != (2, 29) else filter(isleap, range(since.year, day.year))
    return [day.replace(year=year) for year in years]


@cache
def _candidates(sections: tuple[str, ...]) -> Prepared:
    """Return the query for every story that may find a place, the newest first: the key, the section, the day and the editor's place of each."""
    public = Article.objects.public(Blank("at"))
    walks = [public.newest_first()[: TOP + SECONDS + 1]]
    # The newest first too: PostgreSQL walks days in their order, and sorts no more of them than it needs.
    walks.append(public.published_on_day(AnyOf("days")).order_by("-published_on", "-published_at", "-pk")[: ANNIVERSARIES + TOP])
    walks += [public.in_section(Blank(section)).newest_first()[: BAND + TOP + ANNIVERSARIES] for section in sections]
    chosen = FrontPageStory.objects.values("article")[: len(FrontPageStory.Place)]
    found = public.filter(pk__in=chosen.union(*(walk.values("pk") for walk in walks), all=True)).newest_first()
    return Prepared(found.values_list("pk", "section_id", "published_on", "front_page__place", named=True))


def _plan(candidates: list, sections: list[Section], today: date) -> tuple[list[int], list[int], dict[int, list[int]]]:
    """Give each story its place: return the keys of the lead, seconds and river, of this day in other years, and of each section's band."""
    chosen = {story.front_page__place: story.pk for story in candidates if story.front_page__place}
    newest = [story.pk for story in candidates if not story.front_page__place]
    top = [pk for place in FrontPageStory.Place if (pk := chosen.get(place) or (newest.pop(0) if newest else None))]
    top += newest[:RIVER]
    left = [story for story in candidates if story.pk not in set(top)]
    day = (today.month, today.day)
    on_this_day = [story.pk for story in left if (story.published_on.month, story.published_on.day) == day and story.published_on < today]
    on_this_day = on_this_day[:ANNIVERSARIES]
    bands = {section.pk: [] for section in sections}
    for story in left:
        if story.pk not in on_this_day and len(bands[story.section_id]) < BAND:
            bands[story.section_id].append(story.pk)
    return top, on_this_day, bands


def _hang_pictures(top: list[Article], bands: list[tuple[Section, list[Article]]], on_this_day: list[Article]) -> None:
    """Show each picture once, where it is largest: first at the top, then one in each band, whose story moves to the front, then in the river."""
    shown = set()
    for story in top[: 1 + SECONDS]:
        _hang_picture(story, shown)
    for stories in [*(stories for _, stories in bands), on_this_day]:
        front = next((story for story in stories if _hang_picture(story, shown)), None)
        stories.sort(key=lambda story: story is not front)
        for story in stories[1:]:
            story.lead_figure = None
    for story in top[1 + SECONDS :]:
        _hang_picture(story, shown)


def _hang_picture(story: Article, shown: set[int]) -> bool:
    """Leave a card its picture unless it is among those shown; say whether it has one."""
    picture = story.lead.image_id if story.lead else None
    if picture is None or picture in shown:
        story.lead_figure = None
        return False
    shown.add(picture)
    return True


def _archive() -> dict:
    """Return how many stories the archive holds and since when: counted up to COUNTED, beyond that as PostgreSQL's statistics say."""
    public = Article.objects.public()
    since = public.order_by("published_at").values_list("published_on", flat=True).first()
    count = public.order_by()[: COUNTED + 1].count()
    if count <= COUNTED:
        return {"count": count, "since": since, "is_exact": True}
    with connection.cursor() as cursor:
        cursor.execute("SELECT reltuples::bigint FROM pg_class WHERE oid = %s::regclass", [Article._meta.db_table])
        known = cursor.fetchone()[0]
    return {"count": max(COUNTED, known - known % 10 ** (len(str(known)) - 2)), "since": since, "is_exact": False}
