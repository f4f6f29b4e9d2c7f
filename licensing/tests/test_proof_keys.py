"""The keys that licences are signed with."""

import json
import multiprocessing
import stat
from pathlib import Path

import pytest
from django.core.management import call_command

from licensing.proof import keys, signing
from licensing.tests.facts import make_facts


@pytest.fixture(autouse=True)
def secrets(settings, tmp_path) -> Path:
    settings.SECRETS_DIR = tmp_path / "secrets"
    return settings.SECRETS_DIR


def test_first_use_makes_a_key_that_only_its_owner_can_read(secrets):
    kid = keys.current().kid

    folder = secrets / "licence-keys"
    files = list(folder.iterdir())
    assert [stat.S_IMODE(path.stat().st_mode) for path in [folder, *files]] == [0o700, 0o600]
    assert json.loads(files[0].read_text())["kid"] == kid
    assert keys.current().kid == kid


def _kid(folder: Path, gate) -> str:
    from django.conf import settings

    settings.SECRETS_DIR = folder
    gate.wait()
    return keys.current().kid


def _put_kid(folder: Path, gate, answers) -> None:
    answers.put(_kid(folder, gate))


def test_processes_that_start_at_once_agree_on_one_key(secrets):
    context = multiprocessing.get_context("fork")
    gate, answers = context.Barrier(4), context.SimpleQueue()
    processes = [context.Process(target=_put_kid, args=(secrets, gate, answers)) for _ in range(4)]
    for process in processes:
        process.start()
    kids = {answers.get() for _ in processes}
    for process in processes:
        process.join()

    assert kids == {keys.current().kid}
    assert [path.name for path in (secrets / "licence-keys").iterdir()] == ["1.jwk"]


def test_new_key_signs_and_the_old_ones_still_verify():
    first = signing.sign_licence(make_facts())
    old = keys.current().kid

    new = keys.rotate().kid

    second = signing.sign_licence(make_facts())
    public = keys.public_set()
    assert (new != old, keys.current().kid, [key["kid"] for key in public["keys"]]) == (True, new, [old, new])
    assert first != second
    assert signing.read(first, public) == signing.read(second, public)


def test_tenth_key_is_newer_than_the_ninth():
    kids = [keys.current().kid, *(keys.rotate().kid for _ in range(9))]

    assert (len(set(kids)), keys.current().kid) == (10, kids[-1])


def test_public_set_names_each_key_by_its_thumbprint_and_holds_no_private_part():
    keys.rotate()
    keys.rotate()

    found = keys.public_set()["keys"]

    assert [sorted(key) for key in found] == [["alg", "crv", "iat", "kid", "kty", "use", "x"]] * 2
    assert {(key["kty"], key["crv"], key["alg"], key["use"]) for key in found} == {("OKP", "Ed25519", "Ed25519", "sig")}


def test_keys_that_were_lost_are_merged_in_once_and_without_their_private_part(secrets):
    licence = signing.sign_licence(make_facts())
    private = json.loads((secrets / "licence-keys" / "1.jwk").read_text())
    (secrets / "licence-keys" / "1.jwk").unlink()
    keys.current()

    public = keys.public_set([private, private, *keys.public_set()["keys"]])

    assert "d" in private
    assert [sorted(key) for key in public["keys"]] == [["alg", "crv", "iat", "kid", "kty", "use", "x"]] * 2
    assert {key["kid"] for key in public["keys"]} == {private["kid"], keys.current().kid}
    assert signing.read(licence, public)["jti"] == "K7M4-2QX3"


def test_command_makes_a_new_key_and_names_it(capsys):
    old = keys.current().kid

    call_command("rotate_licence_key")

    new = keys.current().kid
    assert new != old
    assert capsys.readouterr().out.startswith(f"Licences are signed with the key {new} from now on.")
