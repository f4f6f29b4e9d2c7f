"""Verifying from the command line: without settings, without a database, and without this site."""

import io
import json
import shutil
import subprocess
import sys
from datetime import UTC, date, datetime
from pathlib import Path

import pytest
from django.conf import settings
from django.core.management import call_command

from licensing.proof import __main__ as verification
from licensing.proof import keys, signing
from licensing.proof.seal import seal
from licensing.tests.facts import make_facts

CLOSED_PORT = "postgres://nobody@127.0.0.1:1/nothing"


@pytest.fixture
def proofs(settings, tmp_path) -> Path:
    """Return a folder with a licence, its package, the keys, and a story."""
    settings.SECRETS_DIR = tmp_path / "secrets"
    facts, folder = make_facts(), tmp_path / "proofs"
    folder.mkdir()
    licence = signing.sign_licence(facts)
    (folder / "licence.jws").write_text(licence)
    (folder / "p.zip").write_bytes(seal({"licence.jws": licence.encode()}, facts, 2, facts.revision_sha256, datetime(2026, 11, 25, tzinfo=UTC)))
    (folder / "jwks.json").write_text(json.dumps(keys.public_set()))
    (folder / "story.txt").write_text("Eleven minutes late")
    return folder


def run(*command: str, cwd=None, **environment) -> subprocess.CompletedProcess:
    return subprocess.run(
        [sys.executable, *command],
        cwd=cwd or settings.BASE_DIR,
        env=environment,
        capture_output=True,
        check=False,
        timeout=60,
        encoding="utf-8",
    )


def where(folder: Path, name: str) -> list[str]:
    return [str(folder / name), "--keys", str(folder / "jwks.json")]


@pytest.mark.parametrize(
    "environment", [{"DATABASE_URL": CLOSED_PORT}, {"PATH": "/nonexistent", "VAR_DIR": "/proc/nowhere"}, {"SITE_URL": "nonsense"}]
)
def test_manage_verifies_where_no_database_can_start(proofs, environment):
    done = run("manage.py", "verify_licence", *where(proofs, "p.zip"), **environment)

    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.splitlines()[0] == "Genuine: licence K7M4-2QX3, issued by The Halyard on 2 March 2026."
    assert done.stdout.splitlines()[-1].endswith("This page knows: https://halyard.example/licences/K7M4-2QX3/")


def test_proof_outlives_the_site(proofs, tmp_path):
    """A few modules, joserfc and Python are enough: no Django, no settings, nothing else of ours."""
    package = tmp_path / "elsewhere" / "licensing" / "proof"
    package.mkdir(parents=True)
    for name in ("__init__.py", "proof/__init__.py", "proof/__main__.py", "proof/reading.py", "proof/unpacking.py", "proof/verifying.py"):
        shutil.copy(settings.BASE_DIR / "licensing" / name, package.parent / name)
    without_django = "import sys; sys.modules['django'] = None; import runpy; runpy.run_module('licensing.proof', run_name='__main__')"

    done = run("-W", "error", "-c", without_django, *where(proofs, "licence.jws"), cwd=tmp_path / "elsewhere")

    assert (done.returncode, done.stderr) == (0, "")
    assert "Licensee: Busan Maritime Review (부산해양평론)." in done.stdout.splitlines()


def test_what_is_not_genuine_ends_with_a_sentence_and_1(proofs):
    done = run("manage.py", "verify_licence", *where(proofs, "story.txt"))

    assert (done.returncode, done.stdout) == (1, "")
    assert done.stderr.startswith("Not genuine. This is neither a package nor a licence.")
    assert done.stderr.count("\n") == 1


def test_wrong_use_ends_with_2(proofs, capsys):
    def answer(*arguments: str) -> tuple[int, str]:
        code = verification.main(list(arguments))
        printed = capsys.readouterr()
        return code, printed.out + printed.err

    (proofs / "array.json").write_text("[]")
    (proofs / "deep.json").write_text("[" * 100_000)
    (proofs / "strings.json").write_text('{"keys": ["x"]}')
    no_keys = [
        answer(str(proofs / "p.zip"), "--keys", str(proofs / name)) for name in ("story.txt", "array.json", "deep.json", "strings.json", "p.zip")
    ]
    no_file = answer(*where(proofs, "nothing.zip"))
    no_key_file = answer(str(proofs / "p.zip"), "--keys", str(proofs / "nothing.json"))

    assert [code for code, _ in no_keys] == [2] * 5
    assert [said for _, said in no_keys if "is no set of public keys: it has to be a JWK set" not in said] == []
    assert no_file == (2, f"{proofs / 'nothing.zip'} cannot be read: No such file or directory.\n")
    assert no_key_file == (2, f"{proofs / 'nothing.json'} cannot be read: No such file or directory.\n")
    for arguments in ([], ["p.zip"], ["--keys", "jwks.json"]):
        with pytest.raises(SystemExit) as ended:
            verification.main(arguments)
        assert ended.value.code == 2


def test_licence_whose_term_has_ended_is_genuine_all_the_same(proofs, capsys):
    code = verification.report(proofs / "p.zip", proofs / "jwks.json", date(2031, 1, 1))

    assert (code, "No longer in force: it ended on 1 March 2027." in capsys.readouterr().out) == (0, True)


def test_command_is_known_to_django_too(proofs, capsys):
    with pytest.raises(SystemExit) as ended:
        call_command("verify_licence", *where(proofs, "p.zip"))

    assert (ended.value.code, capsys.readouterr().out.startswith("Genuine: licence K7M4-2QX3")) == (0, True)


def test_nothing_that_is_shown_can_steer_a_terminal(proofs, capsys):
    (proofs / "sly.jws").write_text(signing.sign_licence(make_facts(licensee="Merrow\x1b[2J\nGenuine\u202e")))

    verification.main(where(proofs, "sly.jws"))

    shown = capsys.readouterr().out
    assert "Licensee: Merrow\ufffd[2J\ufffdGenuine\ufffd." in shown.splitlines()


def test_terminal_that_cannot_show_a_name_still_gets_the_answer(proofs, monkeypatch):
    terminal = io.TextIOWrapper(io.BytesIO(), encoding="cp1252")
    monkeypatch.setattr(sys, "stdout", terminal)

    code = verification.main(where(proofs, "licence.jws"))

    terminal.flush()
    assert code == 0
    assert "Licensee: Busan Maritime Review (??????)." in terminal.buffer.getvalue().decode("cp1252").splitlines()
