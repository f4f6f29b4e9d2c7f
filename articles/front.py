"""What the front page is made of."""

from django.db.models import Count, Min
from django.utils import timezone

from articles.models import Article, FrontPageStory, Section

SECONDS, RIVER, BAND, ANNIVERSARIES = len(FrontPageStory.Place) - 1, 8, 4, 3


def front_page() -> dict:
    """Return the lead, the seconds, the river of latest, a band for each section, this day in other years, and the archive's size.

    What an editor chose comes first; the newest stories fill the places left. No story is shown twice.
    """
    public = Article.objects.public()
    chosen = {story.front_page.place: story for story in public.filter(front_page__isnull=False).select_related("front_page").for_cards()}
    latest = [story for story in public.for_cards().newest_first()[: 1 + SECONDS + RIVER + len(chosen)] if story not in chosen.values()]
    top = [story for place in FrontPageStory.Place if (story := chosen.get(place) or (latest.pop(0) if latest else None))]
    river = latest[:RIVER]
    today = timezone.localdate()
    shown = {story.pk for story in top + river}
    on_this_day = list(public.on_this_day(today).exclude(pk__in=shown).for_cards().newest_first()[:ANNIVERSARIES])
    shown |= {story.pk for story in on_this_day}
    sections = list(Section.objects.all())
    stories = [story for story in public.latest_of_each(sections, BAND + len(shown)).for_cards() if story.pk not in shown]
    bands = [(section, _band([story for story in stories if story.section_id == section.pk])) for section in sections]
    return {
        "lead": top[0] if top else None,
        "seconds": top[1:],
        "river": river,
        "bands": [(section, stories) for section, stories in bands if stories],
        "on_this_day": on_this_day,
        "today": today,
        "archive": public.aggregate(count=Count("pk"), since=Min("published_on")),
    }


def _band(stories: list[Article]) -> list[Article]:
    """Return a section's newest stories, the first that has a picture in front."""
    newest = stories[:BAND]
    return sorted(newest, key=lambda story: story is not next((each for each in newest if each.lead and each.lead.image), None))
