"""The record of a story: every state that was in print, and every correction."""

import hashlib
import json
from datetime import UTC
from typing import NamedTuple

from django.conf import settings
from django.core.serializers.json import DjangoJSONEncoder
from django.db import models
from django.utils.translation import pgettext_lazy


def fingerprint(story: dict) -> str:
    """Return the SHA-256, in hexadecimal, of a story's canonical JSON (sorted keys, no spaces, UTF-8)."""
    canonical = json.dumps(story, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    return hashlib.sha256(canonical.encode()).hexdigest()


class Parts(NamedTuple):
    """What a story prints several of: read once by a verb that needs it twice."""

    names: list
    figures: list

    @classmethod
    def of(cls, article) -> "Parts":
        return cls(list(article.contributions.select_related("author").all()), list(article.figures.select_related("image").all()))

    @property
    def byline(self) -> str:
        """The printed line."""
        return "; ".join(map(str, self.names))


def snapshot(article, parts: Parts | None = None) -> dict:
    """Return the whole story as it stands, in plain JSON values: text, byline, figures with their captions, corrections."""
    parts = parts or Parts.of(article)
    story = {
        "short_id": article.short_id,
        "headline": article.headline,
        "kicker": article.kicker,
        "standfirst": article.standfirst,
        "dateline": article.dateline,
        "body": article.body,
        "slug": article.slug,
        "published_at": article.published_at and article.published_at.astimezone(UTC),
        "status": article.status,
        "withdrawal_reason": article.withdrawal_reason,
        "section": article.section.slug,
        "source": article.source.slug if article.source else None,
        "topics": sorted(topic.slug for topic in article.topics.all()),
        "syndication": article.syndication,
        "byline": [{"author": row.author.slug, "name": row.author.name, "role": row.role} for row in parts.names],
        "figures": [figure_facts(figure) for figure in parts.figures],
        "corrections": [{"kind": row.kind, "text": row.text, "made_at": row.made_at} for row in article.corrections.all()],
    }
    story |= {field: value for field in ("language", "source_url") if (value := getattr(article, field))}  # came later: kept where there is one
    return json.loads(json.dumps(story, cls=DjangoJSONEncoder))


def figure_facts(figure) -> dict:
    """Return what a story keeps of one of its pictures."""
    image = figure.image
    picture = image and {
        "short_id": image.short_id,
        "alt_text": image.alt_text,
        "credit": image.credit,
        "copyright_holder": image.copyright_holder,
        "syndication": image.syndication,
    }
    return {"position": figure.position, "is_lead": figure.is_lead, "caption": figure.caption, "picture": picture}


class RevisionQuerySet(models.QuerySet):
    """Revisions are kept, never changed."""

    def printed(self):
        """Those that were in print: of the others nobody outside learns anything."""
        return self.exclude(event=Revision.Event.SAVED)

    def keep(self, article, event: str, by=None, story: dict | None = None) -> "Revision":
        """Keep a story, as it stands now unless told; the article's row is locked by the verb that calls this."""
        story = story or snapshot(article)
        number = (article.revisions.aggregate(models.Max("number"))["number__max"] or 0) + 1
        return self.create(article=article, number=number, event=event, story=story, sha256=fingerprint(story), made_by=by)

    def note(self, article, by=None) -> None:
        """Keep a story in print whose section, terms, topics or address were changed without a correction."""
        last = article.revisions.printed().last()
        if not last or fingerprint(snapshot(article)) != last.sha256:
            self.keep(article, Revision.Event.CHANGED, by)


def unless_printed(collector, field, revisions, using) -> None:
    """Delete with a story what was kept of it, as models.CASCADE does; refuse where some of it was in print."""
    if printed := set(revisions.exclude(event=Revision.Event.SAVED)):
        raise models.ProtectedError("What was in print is kept.", printed)
    models.CASCADE(collector, field, revisions, using)


class Revision(models.Model):
    """A dated snapshot of a story with its figures, captions and byline, and its fingerprint."""

    class Event(models.TextChoices):
        PUBLISHED = "PUBLISHED", "Published"
        CORRECTED = "CORRECTED", "Corrected"
        WITHDRAWN = "WITHDRAWN", "Withdrawn"
        CHANGED = "CHANGED", "Changed"
        SAVED = "SAVED", "Saved"  # never in print: a draft, or the working copy of a story in print

    article = models.ForeignKey("articles.Article", on_delete=unless_printed, related_name="revisions")
    number = models.PositiveIntegerField()
    event = models.CharField(max_length=10, choices=Event)
    story = models.JSONField()
    sha256 = models.CharField(max_length=64)
    made_at = models.DateTimeField(auto_now_add=True)
    made_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+")

    objects = RevisionQuerySet.as_manager()

    class Meta:
        ordering = ["article", "number"]
        constraints = [
            models.UniqueConstraint(fields=["article", "number"], name="revision_number_unique"),
            models.CheckConstraint(condition=models.Q(event__in=["PUBLISHED", "CORRECTED", "WITHDRAWN", "CHANGED", "SAVED"]), name="revision_event"),
        ]

    def __str__(self):
        return f"{self.get_event_display()}, revision {self.number}"

    @property
    def is_intact(self) -> bool:
        """Whether the kept story still has its fingerprint."""
        return fingerprint(self.story) == self.sha256


class Correction(models.Model):
    """What was changed in a story in print, said to its readers."""

    class Kind(models.TextChoices):
        CORRECTION = "CORRECTION", pgettext_lazy("change of a story", "Correction")
        CLARIFICATION = "CLARIFICATION", pgettext_lazy("change of a story", "Clarification")
        UPDATE = "UPDATE", pgettext_lazy("change of a story", "Update")

    article = models.ForeignKey("articles.Article", on_delete=models.CASCADE, related_name="corrections")
    kind = models.CharField(max_length=13, choices=Kind, default=Kind.CORRECTION)
    text = models.CharField(max_length=1000, help_text="What was wrong and what is right, in words for readers.")
    made_at = models.DateTimeField()

    class Meta:
        ordering = ["-made_at", "-pk"]
        constraints = [
            models.CheckConstraint(condition=models.Q(kind__in=["CORRECTION", "CLARIFICATION", "UPDATE"]), name="correction_kind"),
            models.CheckConstraint(condition=~models.Q(text=""), name="correction_says_something"),
        ]

    def __str__(self):
        return f"{self.get_kind_display()} of {self.made_at:%d %B %Y}"
