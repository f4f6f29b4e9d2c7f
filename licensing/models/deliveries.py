"""Packages: the files that a licensee gets, made once and kept; and each time that one was fetched."""

import contextlib
import hashlib
from pathlib import Path

from django.conf import settings
from django.core.signing import BadSignature, TimestampSigner
from django.db import models, transaction
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from articles.models import Image, Revision
from licensing import package
from licensing.proof import seal, sheets

from .licences import Licence

LINK_DAYS = 14  # a mailed link to a package works for so long; the order's page makes new ones
SIGNER = TimestampSigner(salt="licensing.package")


class PackageManager(models.Manager):
    """Packages, one for each text of a licence."""

    @transaction.atomic
    def make(self, licence: Licence, revision: Revision | None = None) -> "Package":
        """Return the package of a licence with a text of its story (the licensed one), made now if there is none, or not as it was made.

        Raises licensing.package.DamagedPicture where an original cannot be read.
        """
        Licence.objects.select_for_update().get(pk=licence.pk)
        revision = revision or licence.revision
        found = self.filter(licence=licence, revision=revision).first()
        if found and found.is_intact:
            return found
        licence.sign()
        facts = licence.facts_with(revision.story)
        files = package.files(facts, revision.story, _originals(licence), language=settings.LANGUAGE_CODE)
        files |= {"licence.jws": licence.jws.encode(), "licence.pdf": sheets.certificate(licence.facts)}
        content = seal.seal(files, facts, revision.number, revision.sha256, timezone.now())
        as_made = {"sha256": hashlib.sha256(content).hexdigest(), "size": len(content)}
        made, _ = self.update_or_create(licence=licence, revision=revision, defaults=as_made)
        made.path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        draft = made.path.with_suffix(".part")
        draft.write_bytes(content)
        draft.replace(made.path)
        return made


class Package(models.Model):
    """The files of a licence with one text of its story, in one ZIP that is kept as it was made."""

    licence = models.ForeignKey(Licence, on_delete=models.PROTECT, related_name="packages")
    revision = models.ForeignKey(Revision, on_delete=models.PROTECT, related_name="packages")
    sha256 = models.CharField(max_length=64)
    size = models.PositiveIntegerField()
    made_at = models.DateTimeField(auto_now_add=True)

    objects = PackageManager()

    class Meta:
        ordering = ["pk"]
        constraints = [models.UniqueConstraint(fields=["licence", "revision"], name="package_once_a_text")]

    def __str__(self):
        return self.name

    @property
    def name(self) -> str:
        """The name that the file is saved under."""
        return f"{self.licence.reference}-{self.revision.story['slug'][:60]}.zip"

    @property
    def path(self) -> Path:
        """Where it is kept, under MEDIA_ROOT, which nothing serves."""
        return Path(settings.MEDIA_ROOT) / "packages" / f"{self.licence.reference}-{self.revision.number}.zip"

    @property
    def is_intact(self) -> bool:
        """Whether the file is there, and as it was made."""
        try:
            with self.path.open("rb") as file:
                return hashlib.file_digest(file, "sha256").hexdigest() == self.sha256
        except OSError:
            return False

    @property
    def is_corrected(self) -> bool:
        """Whether it holds a later text than the one that was licensed."""
        return self.revision_id != self.licence.revision_id

    @property
    def link(self) -> str:
        """An address that leads to it for LINK_DAYS, whether it was made already or not."""
        return settings.SITE_URL + reverse("licensing:package", args=[SIGNER.sign(f"{self.licence_id}.{self.revision_id}")])

    @classmethod
    def by_token(cls, token: str) -> "Package | None":
        """Return the package that a signed address leads to, not saved if it is still to be made; None where the address is wrong or too old."""
        try:
            licence, _, revision = SIGNER.unsign(token, max_age=LINK_DAYS * 86_400).partition(".")
        except BadSignature:
            return None
        made = cls.objects.select_related("licence__order", "revision").filter(licence=licence, revision=revision).first()
        return made or cls(licence=Licence.objects.select_related("order").get(pk=licence), revision=Revision.objects.get(pk=revision))

    def deliver(self, way: str) -> "Delivery":
        """Note that somebody fetches it."""
        return self.deliveries.create(way=way)


class Delivery(models.Model):
    """One time that a package was fetched."""

    class Way(models.TextChoices):
        LINK = "LINK", _("By the link in a mail")
        ORDER = "ORDER", _("From the order’s page")

    package = models.ForeignKey(Package, on_delete=models.PROTECT, related_name="deliveries")
    way = models.CharField(max_length=5, choices=Way)
    at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ["pk"]
        verbose_name_plural = "deliveries"

    def __str__(self):
        return f"{self.package} on {self.at:%d %B %Y}"


def _originals(licence: Licence) -> dict[str, bytes]:
    """Return the original files of the licensed pictures; one that is not there is left out, and the package says so.

    Raises DamagedPicture for a file that is not the one that was licensed: somebody has put another in its place since.
    """
    fingerprints, originals = {row["short_id"]: row["sha256"] for row in licence.pictures}, {}
    for image in Image.objects.filter(short_id__in=fingerprints):
        with contextlib.suppress(FileNotFoundError), image.file.open("rb") as file:
            content = file.read()
            if fingerprints[image.short_id] not in {"", hashlib.sha256(content).hexdigest()}:
                raise package.DamagedPicture(f"The file of picture {image.short_id} is not the one that was licensed.")
            originals[image.short_id] = content
    return originals
