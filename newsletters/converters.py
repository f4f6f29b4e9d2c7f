"""The secret part of an address: what does not look like one is not found, without asking the database."""


class Secret:
    """A token or a key, as models.make_secret() makes them."""

    regex = "[A-Za-z0-9_-]{22}"

    def to_python(self, value: str) -> str:
        return value

    def to_url(self, value: str) -> str:
        return value
