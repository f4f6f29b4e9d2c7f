"""What a licence permits: for machines as an ODRL 2.2 agreement in the RightsML 2.0 profile, for people in words."""

from datetime import date
from decimal import Decimal

from django_countries import countries

from licensing.facts import LicenceFacts, LicensedPicture
from licensing.package.scope import scope

CONTEXT = [
    "http://www.w3.org/ns/odrl.jsonld",
    "https://iptc.org/std/RightsML/odrl-profile/rightsml.jsonld",
    {"vcard": "http://www.w3.org/2006/vcard/ns#", "schema": "http://schema.org/"},
]
PROFILE = "https://iptc.org/std/RightsML/odrl-profile/"
COUNTRIES = "http://cvx.iptc.org/iso3166-1a3/"
CURRENCIES = "http://cvx.iptc.org/iso4217a/"
WORDS = "http://dbpedia.org/resource/Word"
MINING = "http://www.w3.org/ns/tdmrep#mine"  # of TDMRep; ODRL has no word of its own for it
TRAINING = {"leftOperand": "purpose", "operator": "eq", "rightOperand": "ai-train"}  # as RSL 1.0 calls it


def agreement(facts: LicenceFacts) -> dict:
    """Return a licence as JSON-LD: a permission for the text and one for each picture, the fee as an obligation, and no training of machines.

    `count` limits how many readers may be reached: each is one time that the text is distributed.
    """
    parties = {"assigner": facts.licensor_url, "assignee": f"{facts.url}#licensee"}
    text = f"{facts.story_url}#sha256={facts.revision_sha256}"
    pictures = {f"{facts.story_url}#picture={picture.short_id};sha256={picture.sha256}": picture for picture in facts.pictures}
    return {
        "@context": CONTEXT,
        "@type": "Agreement",
        "uid": facts.url,
        "profile": PROFILE,
        "conflict": "prohibit",
        "assigner": _party(parties["assigner"], facts.licensor),
        "assignee": _party(parties["assignee"], facts.licensee),
        "permission": [
            _permission(parties, text, _text_actions(facts), _limits(facts), facts.credit_line),
            *(_permission(parties, target, _reuse(), _limits(facts), _credit(picture)) for target, picture in pictures.items()),
        ],
        "prohibition": [{**parties, "target": [text, *pictures], "action": MINING, "constraint": [TRAINING]}],
        "obligation": [{**parties, "action": _action("compensate", _limit("payAmount", "eq", facts.fee, unit=CURRENCIES + facts.currency))}],
    }


def in_words(facts: LicenceFacts) -> list[str]:
    """Return what a licence covers in sentences, the licensee first."""
    return [f"{what}: {answer.rstrip('.')}." for what, answer in scope(facts)]


def _party(uid: str, name: str) -> dict:
    return {"@type": ["Party", "vcard:Organization"], "uid": uid, "vcard:fn": name}


def _permission(parties: dict, target: str, actions: list, limits: list[dict], credit: str) -> dict:
    duty = {"action": "attribute", "attributedParty": parties["assigner"], "schema:creditText": credit}
    return {**parties, "target": target, "action": actions, "constraint": limits, "duty": [duty]}


def _text_actions(facts: LicenceFacts) -> list:
    """Return what may be done with the text: an excerpt is taken from it first, of so many words at most."""
    excerpt = [_action("extract", _limit("absoluteSize", "lteq", facts.most_words, unit=WORDS))] if facts.most_words else []
    return [*excerpt, *_reuse(), *(["translate"] if facts.may_translate else [])]


def _reuse() -> list:
    return ["reproduce", "distribute"]


def _action(name: str, refinement: dict) -> dict:
    return {"rdf:value": {"@id": f"odrl:{name}"}, "refinement": [refinement]}


def _limits(facts: LicenceFacts) -> list[dict]:
    """Return where, when, in what and for how many; what is without limit is not said."""
    places = [{"@id": COUNTRIES + (countries.alpha3(code) or code)} for code in facts.countries]
    return [
        {"leftOperand": "media", "operator": "eq", "rightOperand": facts.medium},
        *([{"leftOperand": "spatial", "operator": "isAnyOf", "rightOperand": places}] if places else []),
        _limit("dateTime", "gteq", facts.starts_on),
        *([_limit("dateTime", "lteq", facts.ends_on)] if facts.ends_on else []),
        *([_limit("count", "lteq", facts.most_readers)] if facts.most_readers else []),
    ]


def _limit(operand: str, operator: str, value: date | int | Decimal, unit: str = "") -> dict:
    kind = {date: "date", int: "integer", Decimal: "decimal"}[type(value)]
    typed = {"@value": str(value), "@type": f"http://www.w3.org/2001/XMLSchema#{kind}"}
    return {"leftOperand": operand, "operator": operator, "rightOperand": typed} | ({"unit": {"@id": unit}} if unit else {})


def _credit(picture: LicensedPicture) -> str:
    return f"{picture.credit} © {picture.holder}" if picture.holder and picture.holder not in picture.credit else picture.credit
