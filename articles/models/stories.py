"""The story itself: what readers see of it, and the verbs that put it there."""

from calendar import isleap
from datetime import date, datetime

from django.core.exceptions import ValidationError
from django.db import connection, models, transaction
from django.db.models import F, Q
from django.urls import reverse
from django.utils import timezone
from django.utils.text import Truncator
from django.utils.translation import gettext_noop

from articles import body, languages
from articles.short_ids import make_short_id
from articles.slugs import free_slug, make_slug
from articles.terms import Syndication

from . import reading
from .addresses import FormerAddress
from .bylines import Contribution
from .entries import Lexemes
from .pictures import Figure
from .record import Correction, Revision
from .subjects import Author, Section, Source, Topic

LONGEST_BODY = 300_000  # bytes: the words of an index entry take a megabyte at most, positions of words included
SUMMARY = 30  # words
WORDS_A_MINUTE = 230
YEARS = """
WITH RECURSIVE years AS (
    SELECT (SELECT min(published_on) FROM ({stories}) AS story) AS day
    UNION ALL SELECT (SELECT min(published_on) FROM ({stories}) AS story WHERE published_on >= make_date(extract(year FROM day)::int + 1, 1, 1))
    FROM years WHERE day IS NOT NULL
)
SELECT extract(year FROM day)::int FROM years WHERE day IS NOT NULL
"""


class ArticleQuerySet(models.QuerySet):
    """Every set of stories that has a name."""

    def public(self, at: datetime | None = None):
        """Stories that readers can see at a moment (now, unless told): the one gate; no page, file or mail goes round it."""
        at = at or timezone.now()
        return self.filter(
            Q(embargoed_until__isnull=True) | Q(embargoed_until__lte=at),
            Q(withdrawn_at__isnull=True) | Q(withdrawn_at__gt=at),
            status=Article.Status.PUBLISHED,
            published_at__lte=at,
        )

    def retracted(self):
        """Stories that readers could see once and that were withdrawn since."""
        return self.filter(
            Q(embargoed_until__isnull=True) | Q(embargoed_until__lte=F("withdrawn_at")),
            status=Article.Status.WITHDRAWN,
            published_at__lte=F("withdrawn_at"),
        )

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

    def on_this_day(self, day: date, since: date):
        """Stories of the same day in earlier years, back to the year of `since`: the index of addresses is asked for each day."""
        years = range(since.year, day.year) if (day.month, day.day) != (2, 29) else filter(isleap, range(since.year, day.year))
        return self.filter(published_on__in=[day.replace(year=year) for year in years])

    def holding(self, query: str):
        """Stories whose entry in the index a query of lexemes finds (articles.search.ask)."""
        return self.filter(entry__words=Lexemes(query))

    def newest_first(self):
        return self.order_by("-published_at", "-pk")

    def oldest_first(self):
        return self.order_by("published_at", "pk")

    def after(self, story: "Article"):
        """Stories that come after this one in a list with the newest first."""
        earlier = Q(published_at__lt=story.published_at) | Q(published_at=story.published_at, pk__lt=story.pk)
        return self.filter(earlier, published_at__lte=story.published_at)  # said once more, for the index

    def before(self, story: "Article"):
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
        return self.select_related("section", "source").prefetch_related(figures).annotate(hung=reading.hangings())


class Article(models.Model):
    """A story. Once published, the row is what is in print: only a verb changes it, and each verb keeps a Revision."""

    class Status(models.TextChoices):
        DRAFT = "DRAFT", gettext_noop("Draft")
        IN_REVIEW = "IN_REVIEW", gettext_noop("In review")
        PUBLISHED = "PUBLISHED", gettext_noop("Published")
        WITHDRAWN = "WITHDRAWN", gettext_noop("Withdrawn")

    short_id = models.CharField(max_length=7, unique=True, default=make_short_id, editable=False)
    section = models.ForeignKey(Section, on_delete=models.PROTECT, related_name="articles")
    source = models.ForeignKey(
        Source, on_delete=models.PROTECT, related_name="articles", null=True, blank=True,
        help_text="The publication that it came from. Where it is unknown, every request to republish goes to the rights desk.",
    )  # fmt: skip
    topics = models.ManyToManyField(Topic, related_name="articles", blank=True)
    authors = models.ManyToManyField(Author, through="Contribution", related_name="articles")

    kicker = models.CharField(max_length=60, blank=True, help_text="One to three words above the headline.")
    headline = models.CharField(max_length=300)
    standfirst = models.CharField(max_length=600, blank=True, help_text="One or two sentences under the headline.")
    dateline = models.CharField(max_length=80, blank=True, help_text="The place filed from, for example TERN ISLAND.")
    body = models.TextField()
    language = models.CharField(
        max_length=16, blank=True, validators=[languages.check],
        help_text="A language tag, such as da or ar, where the story is not in the paper's own language.",
    )  # fmt: skip
    source_url = models.URLField(
        "address at the source", blank=True, help_text="Where the source itself has this story: search engines are sent there."
    )
    syndication = models.CharField(
        "terms", max_length=10, choices=Syndication, blank=True,
        help_text="Leave empty to use the source's terms. The stricter of source and story wins, and a picture can be stricter still.",
    )  # fmt: skip

    status = models.CharField(max_length=10, choices=Status, default=Status.DRAFT, editable=False)
    slug = models.SlugField(
        max_length=100, blank=True, allow_unicode=True, help_text="The last part of the address; made from the headline when left empty."
    )
    published_at = models.DateTimeField(null=True, blank=True, help_text="A moment to come schedules the story.")
    published_on = models.DateField(null=True, editable=False)  # the publication's own day of it: part of the address
    embargoed_until = models.DateTimeField(
        null=True, blank=True, help_text="Nobody outside sees the story before this moment; without a date of its own it is published then."
    )
    updated_at = models.DateTimeField(null=True, editable=False)
    withdrawn_at = models.DateTimeField(null=True, editable=False)
    withdrawal_reason = models.CharField(max_length=1000, blank=True, editable=False)
    is_legal_takedown = models.BooleanField(default=False, editable=False)

    # Written by the verbs, so that a search finds the photographer and the caption.
    byline = models.CharField(max_length=600, blank=True, editable=False)
    captions = models.TextField(blank=True, editable=False)
    summary = models.CharField(max_length=600, blank=True, editable=False)  # the standfirst, else how the story begins
    word_count = models.PositiveIntegerField(default=0, editable=False)

    objects = ArticleQuerySet.as_manager()

    class Meta:
        ordering = ["-published_at", "-pk"]
        permissions = [
            ("publish_article", "Can publish a story"),
            ("correct_article", "Can correct a story in print"),
            ("withdraw_article", "Can withdraw a story"),
        ]
        indexes = [
            models.Index(fields=["-published_at", "-id"], name="article_newest"),
            models.Index(fields=["section", "-published_at", "-id"], name="article_section_newest"),
            models.Index(fields=["language"], name="article_other_languages", condition=~Q(language="")),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["published_on", "slug"], name="article_address_unique", violation_error_message="Another story of that day has this slug."
            ),
            models.CheckConstraint(condition=Q(status__in=["DRAFT", "IN_REVIEW", "PUBLISHED", "WITHDRAWN"]), name="article_status"),
            models.CheckConstraint(
                condition=Q(status__in=["DRAFT", "IN_REVIEW"]) | Q(published_at__isnull=False, published_on__isnull=False) & ~Q(slug=""),
                name="article_in_print_has_address",
            ),
            models.CheckConstraint(
                condition=~Q(status="WITHDRAWN") | Q(withdrawn_at__isnull=False) & ~Q(withdrawal_reason=""), name="article_withdrawn_with_reason"
            ),
            models.CheckConstraint(condition=Q(syndication__in=["", *Syndication.values]), name="article_syndication"),
            models.CheckConstraint(condition=~Q(headline=""), name="article_has_headline"),
        ]

    def __str__(self):
        return self.headline

    def get_absolute_url(self):
        if not self.published_on:
            return reverse("articles:short", args=[self.short_id])
        day = self.published_on
        return reverse("articles:article", args=[day.year, day.month, day.day, self.slug])

    def clean(self):
        """Leave nothing in the body but the elements that a body may have."""
        typed, self.body = self.body, body.sanitise(self.body)
        if typed and not body.plain_text(self.body):
            raise ValidationError({"body": "The story has no text yet."})
        if len(self.body.encode()) > LONGEST_BODY:
            raise ValidationError({"body": "The story is longer than the archive can search (300,000 letters). Print it in parts."})
        for field in ("published_at", "embargoed_until"):
            if getattr(self, field) and not 1000 < getattr(self, field).year < 2999:
                raise ValidationError({field: "The date lies outside the years 1001 to 2998."})

    # --- Verbs. Each writes the whole row, keeps a Revision, and holds the row's lock meanwhile.

    @transaction.atomic
    def publish(self, at: datetime | None = None, by=None) -> None:
        """Put the story in print at a moment (the one already set, else now); one to come schedules it."""
        if self._locked_status() == self.Status.PUBLISHED and Article.objects.public().filter(pk=self.pk).exists():
            raise ValidationError("This story is in print already. Correct it instead.")
        self.published_at = at or self.published_at or max(timezone.now(), self.embargoed_until or timezone.now())
        self.status = self.Status.PUBLISHED
        self.withdrawn_at, self.withdrawal_reason, self.is_legal_takedown = None, "", False
        self._settle_address()
        self._print(Revision.Event.PUBLISHED, by)

    @transaction.atomic
    def correct(self, text: str, kind: str = Correction.Kind.CORRECTION, by=None, at: datetime | None = None) -> Correction:
        """Put what has changed in print, and say so under the story."""
        if self._locked_status() != self.Status.PUBLISHED:
            raise ValidationError("Only a story in print can be corrected.")
        self.updated_at = at or timezone.now()
        correction = Correction(article=self, text=text.strip(), kind=kind, made_at=self.updated_at)
        correction.full_clean()
        correction.save()
        self._print(Revision.Event.CORRECTED, by)
        return correction

    @transaction.atomic
    def withdraw(self, reason: str, is_legal_takedown: bool = False, by=None, at: datetime | None = None) -> None:
        """Take the story out of print; its address stays and says why."""
        if self._locked_status() != self.Status.PUBLISHED:
            raise ValidationError("Only a story in print can be withdrawn.")
        self.refresh_from_db()  # what is withdrawn is what is in print, whoever corrected it meanwhile
        if not reason.strip():
            raise ValidationError("Say why the story is withdrawn: readers are told.")
        self.status = self.Status.WITHDRAWN
        self.withdrawn_at, self.withdrawal_reason, self.is_legal_takedown = at or timezone.now(), reason.strip(), is_legal_takedown
        self._print(Revision.Event.WITHDRAWN, by)

    @transaction.atomic
    def move(self, slug: str | None = None, published_at: datetime | None = None, by=None) -> None:
        """Give a story that has been in print another slug or date; its old address leads to the new one."""
        self._locked_status()
        old = Article.objects.get(pk=self.pk)
        if not old.has_address:
            raise ValidationError("This story was never in print: it has no address yet.")
        self.slug, self.published_at = slug or old.slug, published_at or old.published_at
        self._settle_address()
        self.save(update_fields=["slug", "published_at", "published_on"])
        Revision.objects.note(self, by)

    def _locked_status(self) -> str:
        return Article.objects.select_for_update().values_list("status", flat=True).get(pk=self.pk)

    def _settle_address(self) -> None:
        """Find the story's day and a slug that is free on it; an address that readers may know leads to the new one."""
        self.published_on = timezone.localdate(self.published_at)
        with connection.cursor() as cursor:  # twins of one day get their slugs one after the other
            cursor.execute("SELECT pg_advisory_xact_lock(%s)", [self.published_on.toordinal()])
        wanted = self.slug or make_slug(self.headline, self.short_id)
        others = Article.objects.filter(published_on=self.published_on).exclude(pk=self.pk)
        left = FormerAddress.objects.filter(published_on=self.published_on).exclude(article=self)
        self.slug = free_slug(wanted, others, left)
        old = Article.objects.get(pk=self.pk)
        if old.has_address and (old.published_on, old.slug) != (self.published_on, self.slug):
            FormerAddress.objects.update_or_create(published_on=old.published_on, slug=old.slug, defaults={"article": self})

    def _print(self, event: str, by) -> None:
        """Write what readers see and search, and keep it as a Revision."""
        self.byline = "; ".join(str(contribution) for contribution in self.contributions.select_related("author"))
        figures = self.figures.select_related("image")
        self.captions = "\n".join(f"{figure.caption} {figure.image.credit if figure.image else ''}".strip() for figure in figures)
        self.full_clean()
        text = body.plain_text(self.body)
        self.summary = self.standfirst or Truncator(text).words(SUMMARY).replace("\n", " ")[:600]
        self.word_count = len(text.split())
        self.save()
        Revision.objects.keep(self, event, by)

    # --- Properties

    hung = property(fset=reading.hang)  # what for_reading() has fetched with the story: it is read through the relations

    @property
    def is_in_print(self) -> bool:
        """Whether readers can see it now or, scheduled, will."""
        return self.status == self.Status.PUBLISHED

    @property
    def has_address(self) -> bool:
        """Whether it is or was in print, so that its address is kept."""
        return self.status in {self.Status.PUBLISHED, self.Status.WITHDRAWN}

    @property
    def state(self) -> str:
        """The status in a word; a story in print whose moment is still to come is Scheduled."""
        opens = max(moment for moment in (self.published_at, self.embargoed_until) if moment) if self.is_in_print else None
        return "Scheduled" if opens and opens > timezone.now() else self.get_status_display()

    @property
    def is_ours(self) -> bool:
        """Whether no other publication is known to have had it first."""
        return not self.source or self.source.is_ours

    @property
    def is_found_here(self) -> bool:
        """Whether search engines are to find it here: not another publication's that we know the address of there."""
        return self.is_ours or not self.source_url

    @property
    def terms(self) -> Syndication:
        """What may be done with the text: the strictest of source and story; unknown is ON_REQUEST."""
        return Syndication.strictest([self.source.syndication if self.source else Syndication.ON_REQUEST, self.syndication])

    def terms_of(self, image) -> Syndication:
        """Return what may be done with a picture of this story: never more than with the story."""
        return Syndication.strictest([self.terms, image.syndication or Syndication.ON_REQUEST])

    @property
    def minutes(self) -> int:
        """How long it takes to read, in whole minutes."""
        return max(1, round(self.word_count / WORDS_A_MINUTE))

    @property
    def lead(self) -> Figure | None:
        """The lead figure: of a list's cards without a query (for_cards), else of the story's own figures."""
        if "lead_figure_id" in self.__dict__:
            return getattr(self, "lead_figure", None)
        return next((figure for figure in self.figures.all() if figure.is_lead), None)

    @property
    def pieces(self) -> list[str | Figure]:
        """The body as it is read: HTML, and the figures where they are placed; those placed nowhere follow at the end."""
        figures = {figure.position: figure for figure in self.figures.all() if not figure.is_lead}
        pieces = [figures.pop(piece, None) if isinstance(piece, int) else piece for piece in body.placed(self.body)]
        return [piece for piece in pieces if piece] + list(figures.values())
