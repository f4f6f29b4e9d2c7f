"""A licence, signed: what it says, and that nothing else passes for it."""

import base64
import json
from datetime import UTC, datetime
from decimal import Decimal

import pytest
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from licensing.proof import keys, odrl, signing
from licensing.proof.reading import MANIFEST, NotGenuine
from licensing.tests.facts import make_facts, make_picture


@pytest.fixture(autouse=True)
def secrets(settings, tmp_path):
    settings.SECRETS_DIR = tmp_path / "secrets"


def decoded(part: str) -> bytes:
    return base64.urlsafe_b64decode(part + "=" * (-len(part) % 4))


def encoded(part: bytes) -> str:
    return base64.urlsafe_b64encode(part).decode().rstrip("=")


def forged(header: dict, payload: bytes, sign) -> str:
    text = f"{encoded(json.dumps(header).encode())}.{encoded(payload)}"
    return f"{text}.{encoded(sign(text.encode()))}"


def test_signature_is_plain_ed25519_that_any_cryptography_verifies():
    header, payload, signature = signing.sign_licence(make_facts()).split(".")
    (jwk,) = keys.public_set()["keys"]

    public = Ed25519PublicKey.from_public_bytes(decoded(jwk["x"]))

    public.verify(decoded(signature), f"{header}.{payload}".encode())
    with pytest.raises(InvalidSignature):
        public.verify(decoded(signature), f"{header}.{payload}x".encode())
    assert json.loads(decoded(header)) == {"alg": "Ed25519", "typ": "licence+jwt", "kid": jwk["kid"]}


def test_signed_licence_says_every_fact_in_plain_values():
    facts = make_facts(issued_at=datetime(2026, 6, 1, 23, 30, tzinfo=UTC), fee=Decimal("213.50"))

    said = signing.read(signing.sign_licence(facts), keys.public_set())

    assert (said["iss"], said["jti"], said["sub"]) == (facts.licensor_url, facts.reference, facts.story_url)
    assert said["iat"] == int(facts.issued_at.timestamp())
    assert said["licence"] | {"pictures": ()} == vars(facts) | {
        "issued_at": "2026-06-02T00:30:00+01:00",  # on the publication's own clock
        "first_published_on": "2019-09-29",
        "starts_on": "2026-03-02",
        "ends_on": "2027-03-01",
        "countries": ["KR"],
        "pictures": (),
        "fee": "213.50",
        "credit_line": facts.credit_line,
    }
    assert said["licence"]["pictures"] == [vars(picture) for picture in facts.pictures]
    assert said["in_words"][:3] == ["Licensee: Busan Maritime Review (부산해양평론).", "Medium: A website or app.", "Territory: South Korea."]
    assert said["odrl"] == odrl.agreement(facts)


def test_same_licence_under_the_same_key_is_the_same_text():
    assert signing.sign_licence(make_facts()) == signing.sign_licence(make_facts())


def test_licence_with_many_pictures_is_read_too():
    pictures = tuple(make_picture(1, caption="A white ferry. " * 60) for _ in range(100))

    token = signing.sign_licence(make_facts(pictures=pictures))

    assert len(token) > 130_000  # joserfc's own limit
    assert len(signing.read(token, keys.public_set())["licence"]["pictures"]) == 100


def test_every_changed_character_is_found():
    token, public = signing.sign_licence(make_facts(pictures=(), licensee="Merrow")), keys.public_set()
    places = [*range(0, len(token), 29), *range(len(token) - 90, len(token))]
    changed = [token[:place] + ("A" if token[place] != "A" else "B") + token[place + 1 :] for place in places]

    passed = []
    for other in [*changed, token[:-1], token + "A", token + "\n", " " + token, token + "="]:
        try:
            passed.append((other, signing.read(other, public)))
        except NotGenuine:
            continue

    assert signing.read(token, public)["jti"] == "K7M4-2QX3"
    assert passed == []


@pytest.mark.parametrize("wrong", ["", ".", "..", "a.b.c", "Headline", "é.é.é", "[" * 9999 + "..", "e30.e30"])
def test_what_is_no_signed_text_is_refused(wrong):
    with pytest.raises(NotGenuine, match="^This is not a licence: it is no signed text"):
        signing.read(wrong, keys.public_set())


@pytest.mark.parametrize("header", [None, {}, [], ["alg"], "alg", {"alg": [1]}, {"alg": "Ed25519", "crit": 5}, {"alg": "Ed25519", "kid": []}])
def test_signed_text_with_a_senseless_header_is_refused(header):
    with pytest.raises(NotGenuine, match="^This is not a licence: it is no signed text"):
        signing.read(forged(header, b"{}", lambda _: b"0" * 64), keys.public_set())


def test_licence_signed_by_somebody_else_is_refused():
    mine = signing.sign_licence(make_facts())
    payload = decoded(mine.split(".")[1])
    stranger = Ed25519PrivateKey.generate()
    known, header = keys.current().kid, {"alg": "Ed25519", "typ": "licence+jwt"}

    with pytest.raises(NotGenuine, match="The signature does not match"):
        signing.read(forged(header | {"kid": known}, payload, stranger.sign), keys.public_set())
    with pytest.raises(NotGenuine, match="^It was signed with the key 'theirs', which is not among the publication’s keys"):
        signing.read(forged(header | {"kid": "theirs"}, payload, stranger.sign), keys.public_set())
    with pytest.raises(NotGenuine, match="which is not among the publication’s keys"):
        signing.read(forged(header, payload, stranger.sign), keys.public_set())


def test_licence_without_a_real_signature_is_refused():
    payload = decoded(signing.sign_licence(make_facts()).split(".")[1])
    (jwk,) = keys.public_set()["keys"]

    for header in (
        {"alg": "none"},
        {"alg": "HS256"},
        {"alg": "EdDSA"},
        {"alg": "Ed25519", "jwk": jwk},
        {"alg": "Ed25519", "b64": False, "crit": ["b64"]},
    ):
        for signature in (b"", b"0" * 64):
            token = forged(header | {"typ": "licence+jwt", "kid": jwk["kid"]}, payload, lambda _, signature=signature: signature)
            with pytest.raises(NotGenuine):
                signing.read(token, keys.public_set())


def test_manifest_does_not_pass_for_a_licence():
    payload = decoded(signing.sign_licence(make_facts()).split(".")[1])

    with pytest.raises(NotGenuine, match="not as 'licence"):
        signing.read(signing.sign(payload, MANIFEST), keys.public_set())


@pytest.mark.parametrize("spoilt", [{"x": "AAAA"}, {"crv": "Ed448"}, {"x": None}])
def test_broken_key_verifies_nothing(spoilt):
    token = signing.sign_licence(make_facts())
    (jwk,) = keys.public_set()["keys"]

    with pytest.raises(NotGenuine, match="The signature does not match"):
        signing.read(token, {"keys": [jwk | spoilt]})
    with pytest.raises(NotGenuine, match="not among"):
        signing.read(token, {"keys": []})


# --- For machines


def limits(rule: dict) -> list[tuple]:
    return [(limit["leftOperand"], limit["operator"], limit["rightOperand"]) for limit in rule["constraint"]]


def day(text: str) -> dict:
    return {"@value": text, "@type": "http://www.w3.org/2001/XMLSchema#date"}


def test_agreement_names_the_parties_and_what_is_permitted_where_when_and_for_how_many():
    facts = make_facts(countries=("KR", "GB", "XK"), pictures=())

    agreement = odrl.agreement(facts)

    assert (agreement["@type"], agreement["uid"]) == ("Agreement", facts.url)
    assert agreement["profile"] == "https://iptc.org/std/RightsML/odrl-profile/"
    assert (agreement["assigner"]["vcard:fn"], agreement["assignee"]["vcard:fn"]) == (facts.licensor, facts.licensee)
    (text,) = agreement["permission"]
    assert (text["assigner"], text["assignee"]) == (agreement["assigner"]["uid"], agreement["assignee"]["uid"])
    assert text["target"] == f"{facts.story_url}#sha256={facts.revision_sha256}"
    assert text["action"] == ["reproduce", "distribute", "translate"]
    assert limits(text) == [
        ("media", "eq", "web"),
        ("spatial", "isAnyOf", [{"@id": f"http://cvx.iptc.org/iso3166-1a3/{code}"} for code in ("KOR", "GBR", "XK")]),  # Kosovo has no three letters
        ("dateTime", "gteq", day("2026-03-02")),
        ("dateTime", "lteq", day("2027-03-01")),
        ("count", "lteq", {"@value": "50000", "@type": "http://www.w3.org/2001/XMLSchema#integer"}),
    ]
    assert text["duty"] == [{"action": "attribute", "attributedParty": facts.licensor_url, "schema:creditText": facts.credit_line}]


def test_agreement_says_no_limit_where_there_is_none():
    agreement = odrl.agreement(make_facts(countries=(), ends_on=None, most_readers=None, may_translate=False))

    assert [limits(rule) for rule in agreement["permission"]] == [[("media", "eq", "web"), ("dateTime", "gteq", day("2026-03-02"))]] * 4
    assert agreement["permission"][0]["action"] == ["reproduce", "distribute"]


def test_agreement_on_an_excerpt_says_how_many_words():
    action, *others = odrl.agreement(make_facts(most_words=200, may_translate=False))["permission"][0]["action"]

    assert action["rdf:value"] == {"@id": "odrl:extract"}
    assert [(limit["leftOperand"], limit["operator"], limit["rightOperand"]["@value"]) for limit in action["refinement"]] == [
        ("absoluteSize", "lteq", "200")
    ]
    assert others == ["reproduce", "distribute"]


def test_agreement_permits_each_picture_for_itself_with_its_own_credit_and_never_its_translation():
    facts = make_facts(pictures=(make_picture(1), make_picture(2, credit="Photo: a friend"), make_picture(3)))

    text, *pictures = odrl.agreement(facts)["permission"]

    assert [rule["target"] for rule in pictures] == [f"{facts.story_url}#picture={row.short_id};sha256={row.sha256}" for row in facts.pictures]
    assert [rule["duty"][0]["schema:creditText"] for rule in pictures] == [
        "Photo: Owen Strand / The Halyard",
        "Photo: a friend © Layla Haddad",
        "Photo: Port Merrow Museum",
    ]
    assert [rule["action"] for rule in pictures] == [["reproduce", "distribute"]] * 3
    assert [limits(rule) for rule in pictures] == [limits(text)] * 3


def test_agreement_asks_the_fee_once_and_forbids_the_training_of_machines():
    agreement = odrl.agreement(make_facts())

    (fee,) = agreement["obligation"]
    (amount,) = fee["action"]["refinement"]
    assert (fee["action"]["rdf:value"], amount["leftOperand"], amount["rightOperand"]["@value"]) == (
        {"@id": "odrl:compensate"},
        "payAmount",
        "213.75",
    )
    assert amount["unit"] == {"@id": "http://cvx.iptc.org/iso4217a/GBP"}
    (training,) = agreement["prohibition"]
    assert training["target"] == [rule["target"] for rule in agreement["permission"]]
    assert (training["action"], limits(training)) == ("http://www.w3.org/ns/tdmrep#mine", [("purpose", "eq", "ai-train")])


def test_words_end_with_one_full_stop():
    lines = odrl.in_words(make_facts(portion_words="The first paragraphs."))

    assert "Text: The first paragraphs." in lines
    assert [line for line in lines if not line.endswith(".") or line.endswith("..")] == []
