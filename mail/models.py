"""Mail: written once, in the transaction that asks for it, and sent by a job."""

from email.utils import make_msgid

from django.conf import settings
from django.core.mail import EmailMultiAlternatives
from django.db import models, transaction
from django.template import Context
from django.template.loader import get_template, render_to_string
from django.utils import timezone

from newsroom.jobs import defer

SOON, AT_LEISURE = 0, -10  # priorities of a message: somebody waits for it, or it is one of many


class MessageManager(models.Manager):
    """Messages, each made from three templates."""

    @transaction.atomic
    def post(self, template: str, to: str, context: dict, headers: dict[str, str] | None = None, priority: int = SOON) -> "Message":
        """Write a message from mail/<template>.subject.txt, .txt and .html, and have a job send it once the transaction is committed.

        The templates know `publication`, `site_url` and `rights_email`; a subject is one line.
        """
        from .tasks import deliver

        context = {"site_url": settings.SITE_URL, "publication": settings.PUBLICATION_NAME, "rights_email": settings.RIGHTS_EMAIL} | context
        message = self.create(
            message_id=make_msgid(domain=settings.SITE_HOST),
            to=to,
            subject=" ".join(_as_text(f"mail/{template}.subject.txt", context).split())[:250],
            text=_as_text(f"mail/{template}.txt", context).strip() + "\n",
            html=render_to_string(f"mail/{template}.html", context),
            headers=headers or {},
        )
        defer(deliver, priority, message=message.pk)
        return message

    def forget(self, before) -> None:
        """Forget the messages that were sent before a moment."""
        self.filter(sent_at__lt=before).delete()


class Message(models.Model):
    """A mail to one address. Its Message-ID is made with it, so that a repeat can be told from a second message.

    Mails hold secret links, so the text is forgotten once it is sent; the rest says for a while what was sent to whom.
    """

    message_id = models.CharField(max_length=250, unique=True)
    to = models.EmailField()
    subject = models.CharField(max_length=250)
    text = models.TextField()
    html = models.TextField()
    headers = models.JSONField(default=dict)
    created_at = models.DateTimeField(auto_now_add=True)
    sent_at = models.DateTimeField(null=True, db_index=True)
    complaint = models.CharField(max_length=300, blank=True)  # what the mail server said when it was last tried

    objects = MessageManager()

    class Meta:
        ordering = ["-pk"]

    def __str__(self):
        return f"{self.subject} ({self.to})"

    @transaction.atomic
    def deliver(self) -> None:
        """Send it unless it was sent. Killed between the post office's yes and ours, it is sent once more with the same Message-ID."""
        message = Message.objects.select_for_update().filter(pk=self.pk).first()
        if not message or message.sent_at:
            return
        headers = {"Message-ID": message.message_id, "Auto-Submitted": "auto-generated", **message.headers}
        mail = EmailMultiAlternatives(message.subject, message.text, to=[message.to], headers=headers)
        mail.attach_alternative(message.html, "text/html")
        mail.send()
        message.sent_at, message.text, message.html, message.headers = timezone.now(), "", "", {}
        message.save(update_fields=["sent_at", "text", "html", "headers"])


def _as_text(template: str, context: dict) -> str:
    """Return a template as plain text: nothing in it is escaped."""
    return get_template(template).template.render(Context(context, autoescape=False))
