"""What the desk says of a story, to itself: its log, and notes."""

from django.conf import settings
from django.db import models

SENT_BACK = "sent back"  # the words of that step


class ArticleEvent(models.Model):
    """A line of a story's log: a step that somebody took with it. The database lets nobody change one, nor take one away."""

    article = models.ForeignKey(  # the line stays when a draft is deleted
        "articles.Article", on_delete=models.DO_NOTHING, db_constraint=False, related_name="events"
    )
    headline = models.CharField(max_length=300)  # as it was then
    at = models.DateTimeField(auto_now_add=True)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+")  # nobody, where a job did it
    words = models.CharField(max_length=200)  # such as “sent to review”
    reason = models.CharField(max_length=1000, blank=True)

    class Meta:
        default_permissions = ()
        ordering = ["pk"]

    def __str__(self):
        return self.words


class Note(models.Model):
    """What one editor has to say to another about a story. Readers never see it."""

    article = models.ForeignKey("articles.Article", on_delete=models.CASCADE, related_name="notes")
    text = models.CharField(max_length=2000)
    made_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    made_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        default_permissions = ()
        ordering = ["pk"]
        constraints = [models.CheckConstraint(condition=~models.Q(text=""), name="note_says_something")]

    def __str__(self):
        return self.text
