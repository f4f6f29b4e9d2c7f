"""What readers report."""

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import models, transaction
from django.utils import timezone


class ErrorReportQuerySet(models.QuerySet):
    """Reports."""

    def open(self):
        """Those that wait for the desk."""
        return self.filter(settled_at=None)


class ErrorReport(models.Model):
    """A reader's word that something in a story is wrong; it waits for the desk until somebody has dealt with it."""

    article = models.ForeignKey("articles.Article", on_delete=models.CASCADE, related_name="error_reports", verbose_name="story")
    text = models.TextField("what is wrong", max_length=2000)
    email = models.EmailField("mail address", blank=True)
    reported_at = models.DateTimeField(auto_now_add=True)
    settled_at = models.DateTimeField(null=True, blank=True)
    settled_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    answer = models.CharField("what was done", max_length=1000, blank=True, help_text="For the newsroom: corrected, or right as it stands, and why.")

    objects = ErrorReportQuerySet.as_manager()

    class Meta:
        ordering = ["-reported_at", "-pk"]
        indexes = [
            models.Index(fields=["reported_at"], condition=models.Q(settled_at=None), name="error_report_waiting"),
            models.Index(fields=["reported_at"], name="error_report_reported"),
        ]
        constraints = [
            models.CheckConstraint(condition=~models.Q(text=""), name="error_report_says_something"),
            models.CheckConstraint(condition=models.Q(settled_at=None) | ~models.Q(answer=""), name="error_report_settled_with_answer"),
        ]

    def __str__(self):
        return f"Report of {self.reported_at:%d %B %Y}"

    @transaction.atomic
    def settle(self, answer: str, by) -> None:
        """Note what was done about it, and by whom; it leaves the queue."""
        if not ErrorReport.objects.select_for_update().open().filter(pk=self.pk).exists():
            raise ValidationError("This report is settled already.")
        self.answer, self.settled_at, self.settled_by = answer.strip(), timezone.now(), by
        self.full_clean()
        self.save(update_fields=["answer", "settled_at", "settled_by"])
