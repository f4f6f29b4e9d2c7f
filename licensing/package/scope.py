"""The scope of a licence in words."""

from licensing.facts import LicenceFacts


def scope(facts: LicenceFacts) -> list[tuple[str, str]]:
    """Return what a licence allows as (what is asked, the answer), for people to read."""
    return [
        ("Licensee", facts.licensee),
        ("Medium", facts.medium_words),
        ("Territory", facts.territory_words),
        ("Term", facts.term_words),
        ("From", f"{facts.starts_on:%-d %B %Y}"),
        ("Until", f"{facts.ends_on:%-d %B %Y}, that day included" if facts.ends_on else "without end"),
        ("Audience", facts.audience_words),
        ("Text", facts.portion_words),
        ("Translation", "allowed" if facts.may_translate else "not allowed"),
        ("Pictures", ", ".join(str(picture.number) for picture in facts.pictures) or "none"),
    ]


def usage_terms(facts: LicenceFacts) -> str:
    """Return the scope as sentences, with the licence's reference and where its terms are."""
    words = " ".join(f"{what}: {answer}." for what, answer in scope(facts))
    return f"Licence {facts.reference}, from {facts.licensor}. {words} Terms: {facts.terms_url}"
