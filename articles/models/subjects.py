"""What stories are sorted by: sections, topics, sources and authors."""

from django.contrib.postgres.indexes import GinIndex
from django.contrib.postgres.search import SearchVector
from django.core.exceptions import ValidationError
from django.db import models, transaction
from django.db.models.functions import Lower

from articles.short_ids import make_short_id
from articles.slugs import free_slug, make_slug
from articles.terms import Syndication
from newsroom.addresses import address_of

from .entries import WHOLE_WORDS
from .merging import Merging


class SubjectQuerySet(models.QuerySet):
    """Rows that have a name, a slug and a page of their own."""

    def in_print(self, at=None):
        """Those with at least one story that readers can see; the others have no page."""
        from .stories import Article

        public, has_stories = Article.objects.public(at), models.Q()
        for field in self.model.story_fields:
            has_stories |= models.Q(models.Exists(public.filter(**{field: models.OuterRef("pk")})))
        return self.filter(has_stories)

    def with_page(self):
        """Those whose page readers can open: of sections all."""
        return self if self.model is Section else self.in_print()

    def former_slugs(self):
        return self.model._meta.get_field("former_slugs").related_model._base_manager

    def called(self, slug: str):
        """The one that has this slug, or once had it."""
        return self.filter(models.Q(slug=slug) | models.Q(pk__in=self.former_slugs().filter(slug=slug).values("subject")))

    def by_slug(self, slugs) -> dict:
        """Return those that have these slugs, or once had them, by slug."""
        found = self.in_bulk(slugs, field_name="slug")
        left = set(slugs) - found.keys()
        return found | {row.slug: row.subject for row in (self.former_slugs().filter(slug__in=left).select_related("subject") if left else ())}

    def named(self, name: str):
        """Return the row of this name, whatever its case, or the one that it was merged into; made where there is none.

        Raises ValidationError for a name too long.
        """
        if found := self.alias(folded=Lower("name")).filter(folded=Lower(models.Value(name))).first():
            return found
        slug, former = make_slug(name, make_short_id()), self.former_slugs()
        if merged := former.filter(slug=slug).select_related("subject").first():
            return merged.subject
        row = self.model(name=name, slug=free_slug(slug, self, former))
        row.full_clean()
        row.save()
        return row


class Subject(models.Model):
    """Something that stories are sorted by, with a name and a page."""

    name = models.CharField(max_length=120)
    slug = models.SlugField(max_length=100, unique=True, allow_unicode=True, help_text="The last part of its address.")

    objects = SubjectQuerySet.as_manager()
    story_fields = ()  # of Article, those that point here

    class Meta:
        abstract = True
        ordering = ["name"]
        indexes = [GinIndex(SearchVector("name", config=WHOLE_WORDS), name="%(class)s_name_words")]

    def __str__(self):
        return self.name

    def get_absolute_url(self):
        return address_of(f"articles:{self._meta.model_name}", self.slug)

    def clean(self):
        """An address that led to one of them leads to no other."""
        taken = type(self).objects.former_slugs().filter(slug=self.slug).exclude(subject=self.pk).select_related("subject").first()
        if taken:
            raise ValidationError({"slug": f"This was an address of “{taken.subject}” and still leads there. Choose another."})

    @transaction.atomic
    def readdress(self) -> None:
        """Write the row; where its slug is another one now, the one that it had leads here from now on."""
        old = type(self).objects.select_for_update().values_list("slug", flat=True).get(pk=self.pk)
        self.save()
        self.former_slugs.filter(slug=self.slug).delete()
        if old != self.slug:
            self.former_slugs.get_or_create(slug=old)


class Section(Subject):
    """A part of the paper, such as City or Sport; every story belongs to exactly one."""

    class Tone(models.TextChoices):
        SEA = "sea", "Sea"
        BRICK = "brick", "Brick"
        PLUM = "plum", "Plum"
        MOSS = "moss", "Moss"
        OCHRE = "ochre", "Ochre"
        SLATE = "slate", "Slate"

    description = models.CharField(max_length=240, blank=True, help_text="One sentence under the section's name.")
    tone = models.CharField(max_length=10, choices=Tone, default=Tone.SLATE, help_text="The colour of its kickers.")
    position = models.PositiveSmallIntegerField(default=100, help_text="Its place in the line under the masthead.")

    story_fields = ("section",)

    class Meta(Subject.Meta):
        ordering = ["position", "name"]
        constraints = [models.CheckConstraint(condition=models.Q(tone__in=["sea", "brick", "plum", "moss", "ochre", "slate"]), name="section_tone")]


class Topic(Merging, Subject):
    """What a story is about; readers find topics under "More about". A topic that others are a part of is a series."""

    description = models.CharField(max_length=1000, blank=True)
    part_of = models.ForeignKey(
        "self", on_delete=models.SET_NULL, related_name="parts", null=True, blank=True, verbose_name="part of the series",
        help_text="A larger topic, whose page then has the stories of this one too. For example: The low reservoir, of Water in Merrow.",
    )  # fmt: skip

    story_fields = ("topics", "topics__part_of")  # a series has the stories of its parts

    class Meta(Subject.Meta):
        constraints = [models.UniqueConstraint(Lower("name"), name="topic_name_unique")]

    def clean(self):
        """A part has no parts of its own."""
        super().clean()
        if self.part_of and (self.part_of == self or self.part_of.part_of or (self.pk and self.parts.exists())):
            raise ValidationError({"part_of": "A series is part of no other: choose a topic that is part of none, and for one that has no parts."})

    def refuse(self, others):
        """A part of a series cannot take the parts of another."""
        if self.part_of_id and self.part_of_id not in others and type(self).objects.filter(part_of__in=others).exists():
            raise ValidationError(f"“{self}” is part of “{self.part_of}” and can have no parts of its own. Let the series stay instead.")

    def _held_by(self, others):
        return self.articles.through.objects.filter(topic__in=others)

    def _receive(self, stories, others):
        tags = self.articles.through.objects
        tags.bulk_create([self.articles.through(article=story, topic=self) for story in stories], ignore_conflicts=True)
        tags.filter(article__in=stories, topic__in=others).delete()


class Source(Subject):
    """A publication that stories come from; one of them is ours."""

    is_ours = models.BooleanField("this is our own publication", default=False)
    url = models.URLField("web address", blank=True)
    description = models.CharField(max_length=1000, blank=True)
    syndication = models.CharField(
        "terms", max_length=10, choices=Syndication, default=Syndication.ON_REQUEST,
        help_text="What may be done with its stories. A story or picture can be stricter, never more generous.",
    )  # fmt: skip
    rights_contact = models.CharField(
        max_length=200, blank=True, help_text="Whom to ask about republishing, where it is not ours to sell: a name and a mail or web address."
    )

    story_fields = ("source",)

    class Meta(Subject.Meta):
        constraints = [
            models.UniqueConstraint(Lower("name"), name="source_name_unique"),
            models.UniqueConstraint(fields=["is_ours"], condition=models.Q(is_ours=True), name="source_only_one_ours"),
            models.CheckConstraint(condition=models.Q(syndication__in=Syndication.values), name="source_syndication"),
        ]

    def clean(self):
        """A source whose stories are not ours to sell says whom to ask: readers are told."""
        super().clean()
        if self.syndication == Syndication.NONE and not self.is_ours and not self.rights_contact:
            raise ValidationError({"rights_contact": "Say whom to ask about its stories: the page for republication names them."})


class Author(Merging, Subject):
    """Somebody who writes or pictures stories. An author is never a user of the admin."""

    title = models.CharField(max_length=120, blank=True, help_text="For example: Harbour correspondent.")
    bio = models.CharField(max_length=2000, blank=True)

    story_fields = ("authors",)

    def _held_by(self, others):
        return self.contributions.model.objects.filter(author__in=others)

    def _receive(self, stories, others):
        """Sign the stories with this name, once for each part that any of them had in it."""
        names, seen, doubles = self.contributions.model.objects.filter(article__in=stories, author__in=[self.pk, *others]), set(), []
        for row in names:
            part = (row.article_id, row.role)
            doubles += [row.pk] if part in seen else []
            seen.add(part)
        names.filter(pk__in=doubles).delete()
        names.update(author=self)
