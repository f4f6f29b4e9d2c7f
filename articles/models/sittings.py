"""Editors at their stories: what they have typed and not yet saved."""

from datetime import timedelta

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.http import QueryDict
from django.utils import timezone

PRESENT = timedelta(seconds=30)  # since a browser was last heard of: it says so every few seconds
KEPT = timedelta(days=30)


class SittingQuerySet(models.QuerySet):
    """Sittings."""

    def at_work(self, at=None):
        """Those whose browser is still there."""
        return self.filter(heard_at__gt=(at or timezone.now()) - PRESENT)

    def of(self, editor):
        return self.filter(editor=editor)

    def at(self, article):
        """Those at a story, or at new ones."""
        return self.filter(article=article)

    def left(self):
        """Those in which something was typed that was not saved."""
        return self.filter(typed_at__isnull=False)

    def fields(self) -> QueryDict | None:
        """Return what was typed in the first of them, as its form was sent."""
        typed = self.values_list("typed", flat=True).first()
        if typed is None:
            return None
        fields = QueryDict(mutable=True)
        for name, values in typed.items():
            fields.setlist(name, values)
        return fields

    def saved(self, window: str, key: str = "") -> None:
        """Forget what was typed in a window, and in the one whose words it took up: it is saved now."""
        self.filter(Q(window=window) | Q(pk=key if key.isascii() and key.isdecimal() and len(key) < 19 else None)).delete()

    def hear(self, window: str, editor, article=None, typed: dict | None = None, at=None) -> "Sitting":
        """Note that an editor's window is open at a story (None: a new one), and what is typed in it now, if anything is new."""
        at = at or timezone.now()
        news = {"heard_at": at} | ({"typed": typed, "typed_at": at} if typed is not None else {})
        return self.update_or_create(window=window, editor=editor, defaults=news | ({"article": article} if article else {}))[0]

    def forget(self, at=None) -> None:
        """Delete what nobody came back for."""
        self.filter(heard_at__lt=(at or timezone.now()) - KEPT).delete()


class Sitting(models.Model):
    """One window of an editor's browser with a story's form in it."""

    window = models.CharField(max_length=32)
    editor = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    article = models.ForeignKey("articles.Article", on_delete=models.CASCADE, related_name="sittings", null=True)  # none while it is a new one
    heard_at = models.DateTimeField()
    typed_at = models.DateTimeField(null=True)
    typed = models.JSONField(null=True)  # the form as it was sent: for each field's name, its values

    objects = SittingQuerySet.as_manager()

    class Meta:
        default_permissions = ()
        ordering = ["-heard_at"]
        constraints = [models.UniqueConstraint(fields=["editor", "window"], name="sitting_once_a_window")]

    def __str__(self):
        return f"{self.editor} at {self.article or 'a new story'}"

    @property
    def may_be_open(self) -> bool:
        """Whether its window was heard of a moment ago."""
        return self.heard_at > timezone.now() - PRESENT

    @property
    def headline(self) -> str:
        """The headline as it was typed."""
        return next(iter((self.typed or {}).get("headline", ())), "")
