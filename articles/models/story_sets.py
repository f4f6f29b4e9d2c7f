"""Every set of stories that has a name."""

from datetime import date, datetime

from django.db import connection, models
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext_noop

from articles.terms import Syndication

from . import hangings
from .bylines import Contribution
from .desk import SENT_BACK, ArticleEvent
from .entries import Lexemes
from .pictures import Figure
from .subjects import Author, Section, Source, Topic

YEARS = """
WITH RECURSIVE years AS (
    SELECT (SELECT min(published_on) FROM ({stories}) AS story) AS day
    UNION ALL SELECT (SELECT min(published_on) FROM ({stories}) AS story WHERE published_on >= make_date(extract(year FROM day)::int + 1, 1, 1))
    FROM years WHERE day IS NOT NULL
)
SELECT extract(year FROM day)::int FROM years WHERE day IS NOT NULL
"""


class Status(models.TextChoices):
    """Where a story stands. "Scheduled" is none: it is published, with a moment that is still to come."""

    DRAFT = "DRAFT", gettext_noop("Draft")
    IN_REVIEW = "IN_REVIEW", gettext_noop("In review")
    PUBLISHED = "PUBLISHED", gettext_noop("Published")
    WITHDRAWN = "WITHDRAWN", gettext_noop("Withdrawn")


class ArticleQuerySet(models.QuerySet):
    """Stories."""

    def public(self, at: datetime | None = None):
        """Stories that readers can see at a moment (now, unless told): the one gate; no page, file or mail goes round it."""
        at = at or timezone.now()
        return self.filter(
            Q(embargoed_until__isnull=True) | Q(embargoed_until__lte=at),
            Q(withdrawn_at__isnull=True) | Q(withdrawn_at__gt=at),
            status=Status.PUBLISHED,
            published_at__lte=at,
        )

    def retracted(self, at: datetime | None = None):
        """Stories that readers could see once and that were withdrawn since, be it at a moment that was set before."""
        return self.filter(
            Q(embargoed_until__isnull=True) | Q(embargoed_until__lte=F("withdrawn_at")),
            status__in=[Status.PUBLISHED, Status.WITHDRAWN],
            published_at__lte=F("withdrawn_at"),
            withdrawn_at__lte=at or timezone.now(),
        )

    def due_to_close(self, at: datetime | None = None):
        """Stories whose moment to be withdrawn has come; readers see them no more, but nobody has noted it yet."""
        return self.filter(status=Status.PUBLISHED, withdrawn_at__lte=at or timezone.now())

    def own(self, user):
        """Those that somebody has begun, or was given to do."""
        return self.filter(Q(created_by=user) | Q(assigned_to=user))

    # --- What the desk has before it

    def at_work(self):
        """Those that are being written or looked over."""
        return self.filter(status__in=[Status.DRAFT, Status.IN_REVIEW])

    def in_review(self):
        return self.filter(status=Status.IN_REVIEW)

    def sent_back(self):
        """Drafts that were in review and came back with a reason."""
        sent_back = ArticleEvent.objects.filter(article=models.OuterRef("pk"), words=SENT_BACK)
        return self.filter(models.Exists(sent_back), status=Status.DRAFT)

    def given(self):
        """Those at work that somebody was given."""
        return self.at_work().filter(assigned_to__isnull=False)

    def overdue(self, at: datetime | None = None):
        return self.at_work().filter(due_at__lt=at or timezone.now())

    def in_print(self, at: datetime | None = None):
        """Those that readers can see or, scheduled, will."""
        return self.filter(Q(withdrawn_at__isnull=True) | Q(withdrawn_at__gt=at or timezone.now()), status=Status.PUBLISHED)

    def scheduled(self, at: datetime | None = None):
        at = at or timezone.now()
        return self.in_print(at).filter(Q(published_at__gt=at) | Q(embargoed_until__gt=at))

    def embargoed(self, at: datetime | None = None):
        """Those that nobody outside may see before a moment to come, drafts too."""
        return self.exclude(status=Status.WITHDRAWN).filter(embargoed_until__gt=at or timezone.now())

    def to_be_withdrawn(self, at: datetime | None = None):
        return self.filter(status=Status.PUBLISHED, withdrawn_at__gt=at or timezone.now())

    def next_moment(self, at: datetime) -> datetime | None:
        """When one of them opens or closes for readers next, by itself."""
        in_print = self.filter(status=Status.PUBLISHED)
        steps = [
            in_print.filter(**{f"{moment}__gt": at}).order_by(moment).values_list(moment, flat=True)[:1]
            for moment in ("published_at", "embargoed_until", "withdrawn_at")
        ]
        return min(steps[0].union(*steps[1:]), default=None)

    def with_working_copy(self):
        """Those in print of which something was written since that readers do not see."""
        return self.filter(working_copy__isnull=False)

    # --- Who may read them, and what they belong to

    def nameable(self):
        """Stories whose headline may be said: those that readers can see, and withdrawn ones that the law left to us."""
        return self.public() | self.retracted().filter(is_legal_takedown=False)

    def in_section(self, section: Section):
        return self.filter(section=section)

    def on_topic(self, topic: Topic):
        return self.filter(topics=topic)

    def by_author(self, author: Author):
        return self.filter(models.Exists(Contribution.objects.filter(article=models.OuterRef("pk"), author=author)))

    def from_source(self, source: Source):
        return self.filter(source=source)

    def ours(self):
        """Stories that no other publication is known to have had first."""
        return self.filter(Q(source__isnull=True) | Q(source__is_ours=True))

    def found_here(self):
        """Stories that search engines are to find here: all but another publication's that we know the address of there."""
        return self.filter(Q(source__isnull=True) | Q(source__is_ours=True) | Q(source_url=""))

    def syndicatable(self):
        """Stories that may be republished, on whatever terms: neither they nor their source forbid it."""
        return self.exclude(Q(syndication=Syndication.NONE) | Q(source__syndication=Syndication.NONE))

    def not_syndicatable(self):
        return self.filter(Q(syndication=Syndication.NONE) | Q(source__syndication=Syndication.NONE))

    def with_pictures(self):
        return self.filter(models.Exists(Figure.objects.filter(article=models.OuterRef("pk"), image__isnull=False)))

    def without_pictures(self):
        return self.exclude(models.Exists(Figure.objects.filter(article=models.OuterRef("pk"), image__isnull=False)))

    def other_languages(self) -> list[str]:
        """The languages of stories that are not in the paper's own."""
        return list(self.exclude(language="").order_by("language").values_list("language", flat=True).distinct())

    def published_since(self, at: datetime):
        return self.filter(published_at__gte=at)

    def published_in(self, year: int, month: int | None = None):
        """Stories of a year or a month of the publication's own calendar."""
        first = date(year, month or 1, 1)
        following = date(year + (month in {None, 12}), 1 if month in {None, 12} else month + 1, 1)
        return self.filter(published_on__gte=first, published_on__lt=following)

    def published_on_day(self, day: date):
        return self.filter(published_on=day)

    def years(self) -> list[int]:
        """The years that have stories, the first one first: a step in the index of addresses for each."""
        sql, parameters = self.order_by().values("published_on").query.sql_with_params()
        with connection.cursor() as cursor:
            cursor.execute(YEARS.format(stories=sql), parameters * 2)
            return [year for (year,) in cursor.fetchall()]

    def days_beside(self, day: date) -> tuple[date | None, date | None]:
        """The nearest days before and after a day that have stories."""
        days = self.order_by("published_on").values_list("published_on", flat=True)
        return days.filter(published_on__lt=day).last(), days.filter(published_on__gt=day).first()

    def holding(self, query: str):
        """Stories whose entry in the index a query of lexemes finds (articles.search.ask)."""
        return self.filter(entry__words=Lexemes(query))

    def newest_first(self):
        return self.order_by("-published_at", "-pk")

    def oldest_first(self):
        return self.order_by("published_at", "pk")

    def after(self, story):
        """Stories that come after this one in a list with the newest first."""
        earlier = Q(published_at__lt=story.published_at) | Q(published_at=story.published_at, pk__lt=story.pk)
        return self.filter(earlier, published_at__lte=story.published_at)  # said once more, for the index

    def before(self, story):
        """Stories that come before this one in a list with the newest first."""
        later = Q(published_at__gt=story.published_at) | Q(published_at=story.published_at, pk__gt=story.pk)
        return self.filter(later, published_at__gte=story.published_at)

    def for_cards(self):
        """What a list needs of each story, its lead picture included: one query, however many stories."""
        lead = models.FilteredRelation("figures", condition=Q(figures__is_lead=True))
        return (
            self.annotate(lead_figure=lead, lead_figure_id=F("lead_figure__pk"))
            .select_related("section", "lead_figure__image").defer("body", "captions")
        )  # fmt: skip

    def with_body(self):
        """The same with the text, where words are looked for in it."""
        return self.defer(None).defer("captions")

    def for_licensing(self):
        """What its rights follow from: its source, and its pictures in their order."""
        figures = models.Prefetch("figures", queryset=Figure.objects.select_related("image"))
        return self.select_related("source").prefetch_related(figures)

    def for_reading(self):
        """What a story's own page needs, in two queries: its figures with their pictures, and the story with all else that hangs on it."""
        figures = models.Prefetch("figures", queryset=Figure.objects.select_related("image"))
        return self.select_related("section", "source").prefetch_related(figures).annotate(hung=hangings.hangings())
