"""What the whole site counts: how often somebody has used a public form."""

from datetime import timedelta

from django.db import connection, models
from django.utils import timezone
from django.utils.crypto import salted_hmac


class UseManager(models.Manager):
    """Uses of public forms, counted in the database so that every process counts the same ones."""

    def allows(self, form: str, visitor: str, limit: int, seconds: int) -> bool:
        """Count one use of `form` by `visitor` (an address of the network or of mail), and say whether it is within `limit` in `seconds`.

        Only a keyed hash of the visitor is kept, and for no longer than the window.
        """
        now = timezone.now().timestamp()
        window = timezone.datetime.fromtimestamp(now - now % seconds, tz=timezone.get_default_timezone())
        key = salted_hmac(f"newsroom.use.{form}", visitor, algorithm="sha256").hexdigest()
        with connection.cursor() as cursor:  # one statement: twenty posts at once are counted as twenty
            cursor.execute(
                "INSERT INTO newsroom_use (key, ends_at, count) VALUES (%s, %s, 1)"
                " ON CONFLICT (key, ends_at) DO UPDATE SET count = newsroom_use.count + 1 RETURNING count",
                [key, window + timedelta(seconds=seconds)],
            )
            return cursor.fetchone()[0] <= limit

    def forget(self) -> None:
        """Forget the windows that have ended."""
        self.filter(ends_at__lt=timezone.now()).delete()


class Use(models.Model):
    """How often a public form was used by one visitor in one window of time."""

    key = models.CharField(max_length=64)
    ends_at = models.DateTimeField(db_index=True)
    count = models.PositiveIntegerField()

    objects = UseManager()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["key", "ends_at"], name="use_once_a_window")]

    def __str__(self):
        return f"{self.count} until {self.ends_at}"
