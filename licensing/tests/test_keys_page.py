"""/.well-known/jwks.json: every public key that licences were signed with, for ever, and nothing private."""

import json

import pytest
from joserfc.jwk import KeySet

from licensing.models import PublicKey
from licensing.proof import keys
from licensing.proof.reading import read
from licensing.tests.build import make_card, make_licence, make_story, make_terms

pytestmark = pytest.mark.django_db
URL = "/.well-known/jwks.json"
PUBLIC = {"kty", "crv", "x", "kid", "use", "alg", "iat"}


@pytest.fixture(autouse=True)
def secrets(settings, tmp_path):
    settings.SECRETS_DIR = tmp_path / "secrets"
    make_terms()
    return make_card()


def test_keys_are_public_and_cacheable(client):
    make_licence()

    answer = client.get(URL)

    [key] = answer.json()["keys"]
    assert (answer.status_code, answer["Content-Type"], answer["Cache-Control"]) == (200, "application/jwk-set+json", "public, max-age=3600")
    assert (key.keys(), key["kty"], key["crv"], key["alg"]) == (PUBLIC, "OKP", "Ed25519", "Ed25519")
    assert (answer.cookies, client.head(URL).status_code, client.post(URL).status_code) == ({}, 200, 405)


def test_private_part_is_nowhere_in_it(client, settings):
    make_licence()

    [path] = (settings.SECRETS_DIR / "licence-keys").glob("*.jwk")

    private = json.loads(path.read_text())["d"]
    assert (len(private), private in client.get(URL).content.decode()) == (43, False)


def test_keys_of_licences_stay_when_a_new_one_signs_and_when_the_private_ones_are_lost(client, settings):
    first = make_licence()
    keys.rotate()
    second = make_licence(make_story(headline="The gate"))
    before = client.get(URL).json()
    for path in (settings.SECRETS_DIR / "licence-keys").glob("*.jwk"):
        path.unlink()

    after = client.get(URL).json()

    kids = [key["kid"] for key in before["keys"]]
    assert (len(kids), [kid for kid in kids if kid not in [key["kid"] for key in after["keys"]]]) == (2, [])
    assert [read(licence.jws, after)["jti"] for licence in (first, second)] == [first.reference, second.reference]


def test_keys_are_a_set_that_others_can_read(client):
    make_licence()

    found = KeySet.import_key_set(client.get(URL).json())

    assert [key.thumbprint() for key in found.keys] == [key.kid for key in PublicKey.objects.all()]


def test_looking_makes_no_key(client, settings):
    client.get("/.well-known/jwks.json")

    assert not (settings.SECRETS_DIR / "licence-keys").exists()
