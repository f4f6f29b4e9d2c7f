"""Links by which somebody outside sees a story before readers do."""

from django.conf import settings
from django.core.signing import BadSignature, Signer
from django.db import models
from django.db.models import F, Q
from django.urls import reverse
from django.utils import timezone

SIGNER = Signer(salt="articles.secret_link", sep=".")  # what it signs is a link's number


class SecretLinkQuerySet(models.QuerySet):
    """Secret links."""

    def live(self, at=None):
        """Those that show their story."""
        return self.filter(expires_at__gt=at or timezone.now(), revoked_at=None)

    def behind(self, secret: str):
        """Return the link of a secret, with its story; None where no link has it."""
        try:
            return self.select_related("article__working_copy").filter(pk=SIGNER.unsign(secret)).first()
        except BadSignature:
            return None


class SecretLink(models.Model):
    """A secret address that shows a story as it is written now to a source, a lawyer or a partner, until it expires or is revoked."""

    article = models.ForeignKey("articles.Article", on_delete=models.CASCADE, related_name="secret_links")
    reader = models.CharField("for whom", max_length=120)
    made_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    made_at = models.DateTimeField(default=timezone.now, editable=False)
    expires_at = models.DateTimeField()
    revoked_at = models.DateTimeField(null=True, editable=False)

    objects = SecretLinkQuerySet.as_manager()

    class Meta:
        default_permissions = ()
        ordering = ["-pk"]
        constraints = [models.CheckConstraint(condition=Q(expires_at__gt=F("made_at")), name="secret_link_expires")]

    def __str__(self):
        return self.reader

    def get_absolute_url(self):
        return reverse("articles:preview", args=[self.secret])

    @property
    def secret(self) -> str:
        """What its address tells it by, and nobody can guess: signed, so that it stands in no table."""
        return SIGNER.sign(self.pk)

    @property
    def is_live(self) -> bool:
        return not self.revoked_at and self.expires_at > timezone.now()

    def shows(self, image) -> bool:
        """Whether a picture stands in the story, as it is in print or as it was written since."""
        written = self.article.working_copy.story["figures"] if self.article.working_copy else ()
        named = {figure["picture"]["short_id"] for figure in written if figure["picture"]}
        return image.short_id in named or self.article.figures.filter(image=image).exists()
