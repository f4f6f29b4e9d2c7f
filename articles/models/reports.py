"""What readers report."""

from django.conf import settings
from django.db import models


class ErrorReport(models.Model):
    """A reader's word that something in a story is wrong; it waits for the desk until somebody has dealt with it."""

    article = models.ForeignKey("articles.Article", on_delete=models.CASCADE, related_name="error_reports", verbose_name="story")
    text = models.TextField("what is wrong", max_length=2000)
    email = models.EmailField("mail address", blank=True)
    reported_at = models.DateTimeField(auto_now_add=True)
    settled_at = models.DateTimeField(null=True, blank=True)
    settled_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    answer = models.CharField("what was done", max_length=1000, blank=True, help_text="For the newsroom: corrected, or right as it stands, and why.")

    class Meta:
        ordering = ["-reported_at", "-pk"]
        indexes = [models.Index(fields=["reported_at"], condition=models.Q(settled_at=None), name="error_report_waiting")]
        constraints = [
            models.CheckConstraint(condition=~models.Q(text=""), name="error_report_says_something"),
            models.CheckConstraint(condition=models.Q(settled_at=None) | ~models.Q(answer=""), name="error_report_settled_with_answer"),
        ]

    def __str__(self):
        return f"Report of {self.reported_at:%d %B %Y}"
