"""Who made a story."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from .subjects import Author


class Contribution(models.Model):
    """One name of a byline: who did what for a story."""

    class Role(models.TextChoices):
        WRITER = "WRITER", "Writer"
        PHOTOGRAPHER = "PHOTOGRAPHER", "Photographer"
        ILLUSTRATOR = "ILLUSTRATOR", "Illustrator"
        TRANSLATOR = "TRANSLATOR", "Translator"
        EDITOR = "EDITOR", "Editor"

    article = models.ForeignKey("articles.Article", on_delete=models.CASCADE, related_name="contributions")
    author = models.ForeignKey(Author, on_delete=models.PROTECT, related_name="contributions")
    role = models.CharField(max_length=12, choices=Role, default=Role.WRITER)
    position = models.PositiveSmallIntegerField(default=1, help_text="Its place in the byline.")

    class Meta:
        ordering = ["position", "pk"]
        constraints = [
            models.UniqueConstraint(fields=["article", "author", "role"], name="contribution_once"),
            models.CheckConstraint(
                condition=models.Q(role__in=["WRITER", "PHOTOGRAPHER", "ILLUSTRATOR", "TRANSLATOR", "EDITOR"]), name="contribution_role"
            ),
        ]

    def __str__(self):
        return SIGNED[self.role] % {"name": self.author.name}


SIGNED = {  # how a role stands behind a name
    Contribution.Role.WRITER: "%(name)s",
    Contribution.Role.PHOTOGRAPHER: _("%(name)s (photographer)"),
    Contribution.Role.ILLUSTRATOR: _("%(name)s (illustrator)"),
    Contribution.Role.TRANSLATOR: _("%(name)s (translator)"),
    Contribution.Role.EDITOR: _("%(name)s (editor)"),
}
