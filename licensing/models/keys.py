"""The public halves of the keys that licences are signed with: kept for ever, also when the private ones are lost."""

from django.db import models

from licensing.proof import keys


class PublicKeyManager(models.Manager):
    """Public keys."""

    def keep(self) -> None:
        """Keep every key that var/secrets holds and the database does not know yet."""
        known = set(self.values_list("kid", flat=True))
        for jwk in keys.public_set()["keys"]:
            if jwk["kid"] not in known:
                self.get_or_create(kid=jwk["kid"], defaults={"jwk": jwk})

    def jwks(self) -> dict:
        """Return all of them as a JWK Set (RFC 7517)."""
        return keys.public_set(self.order_by("pk").values_list("jwk", flat=True))


class PublicKey(models.Model):
    """A key that a licence was signed with, as a JWK without its private part."""

    kid = models.CharField(max_length=64, unique=True)
    jwk = models.JSONField()
    kept_at = models.DateTimeField(auto_now_add=True)

    objects = PublicKeyManager()

    def __str__(self):
        return self.kid
