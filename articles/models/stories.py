"""The story itself: what readers see of it."""

from datetime import datetime
from urllib.parse import quote

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import Q
from django.utils import timezone

from articles import body, languages
from articles.short_ids import make_short_id
from articles.terms import Syndication
from newsroom.addresses import address_of

from . import hangings
from .pictures import Figure
from .sorting import Sorting
from .story_sets import ArticleQuerySet, Status
from .subjects import Author, Section, Source, Topic
from .verbs import Verbs

LONGEST_BODY = 300_000  # bytes: the words of an index entry take a megabyte at most, positions of words included
WORDS_A_MINUTE = 230


class Article(Verbs, Sorting, models.Model):
    """A story. Once published, the row is what is in print: only a verb changes it, and each verb keeps a Revision."""

    Status = Status

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

    # The newsroom's own: readers see none of it.
    created_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, related_name="+", null=True, editable=False)
    assigned_to = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, related_name="+", null=True, blank=True)
    due_at = models.DateTimeField("due", null=True, blank=True)
    working_copy = models.ForeignKey(  # of a story in print: what was written since
        "articles.Revision", on_delete=models.SET_NULL, related_name="+", null=True, editable=False
    )

    # Written by the verbs, so that a search finds the photographer and the caption.
    byline = models.CharField(max_length=600, blank=True, editable=False)
    captions = models.TextField(blank=True, editable=False)
    summary = models.CharField(max_length=600, blank=True, editable=False)  # the standfirst, else how the story begins
    word_count = models.PositiveIntegerField(default=0, editable=False)

    objects = ArticleQuerySet.as_manager()

    class Meta:
        ordering = ["-published_at", "-pk"]
        permissions = [
            ("write_article", "Can write a story of their own"),
            ("assign_article", "Can give a story to somebody"),
            ("publish_article", "Can publish a story"),
            ("correct_article", "Can correct a story in print"),
            ("withdraw_article", "Can withdraw a story"),
        ]
        indexes = [
            models.Index(fields=["-published_at", "-id"], name="article_newest"),
            models.Index(fields=["section", "-published_at", "-id"], name="article_section_newest"),
            models.Index(fields=["language"], name="article_other_languages", condition=~Q(language="")),
            models.Index(fields=["status", "due_at"], name="article_at_work", condition=Q(status__in=["DRAFT", "IN_REVIEW"])),
            models.Index(fields=["embargoed_until"], name="article_embargoed", condition=Q(embargoed_until__isnull=False)),
            models.Index(fields=["withdrawn_at"], name="article_withdrawn", condition=Q(withdrawn_at__isnull=False)),
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
            return address_of("articles:short", self.short_id)
        day = self.published_on  # many stories share the address of a day, which is remembered
        return f"{address_of('articles:day', day.year, day.month, day.day)}{quote(self.slug)}/"

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

    hung = property(fset=hangings.hang)  # what for_reading() has fetched with the story: it is read through the relations

    @property
    def is_in_print(self) -> bool:
        """Whether readers can see it now or, scheduled, will."""
        return self.status == self.Status.PUBLISHED

    @property
    def has_address(self) -> bool:
        """Whether it is or was in print, so that its address is kept."""
        return self.status in {self.Status.PUBLISHED, self.Status.WITHDRAWN}

    def may_be_changed_by(self, user, is_public: bool | None = None) -> bool:
        """Whether somebody may change it: a draft those who edit, and its own writer; a story in print those who correct, a scheduled or withdrawn
        one those who publish."""
        if self.has_address:
            is_public = self._is_public() if is_public is None else is_public
            return user.has_perms(["articles.change_article", "articles.correct_article" if is_public else "articles.publish_article"])
        is_own = user.pk in {self.created_by_id, self.assigned_to_id} and self.status == self.Status.DRAFT
        return user.has_perm("articles.change_article") or is_own and user.has_perm("articles.write_article")

    @property
    def state(self) -> str:
        """The status in a word; a story in print whose moment is still to come is Scheduled."""
        if self.is_withdrawn:
            return self.Status.WITHDRAWN.label
        return "Scheduled" if self.is_in_print and self.opens_at > timezone.now() else self.get_status_display()

    @property
    def is_withdrawn(self) -> bool:
        """Whether it has left print, be it at a moment that was set before."""
        return self.status == self.Status.WITHDRAWN or bool(self.is_in_print and self.withdrawn_at and self.withdrawn_at <= timezone.now())

    @property
    def opens_at(self) -> datetime | None:
        """The moment from which readers see it, by its date and its embargo; None where it has neither."""
        return max((moment for moment in (self.published_at, self.embargoed_until) if moment), default=None)

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
    def is_pictured(self) -> bool:
        """Whether its page shows any figure, the lead included."""
        return bool(self.figures.all())

    @property
    def pieces(self) -> list[str | Figure]:
        """The body as it is read: HTML, and the figures where they are placed; those placed nowhere follow at the end."""
        figures = {figure.position: figure for figure in self.figures.all() if not figure.is_lead}
        pieces = [figures.pop(piece, None) if isinstance(piece, int) else piece for piece in body.placed(self.body)]
        return [piece for piece in pieces if piece] + list(figures.values())
