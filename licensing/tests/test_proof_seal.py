"""Sealed packages: what was delivered, and that nothing else passes for it."""

import hashlib
import io
import json
import os
import random
import shutil
import subprocess
import zipfile
from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from licensing.proof import keys, odrl, signing
from licensing.proof.reading import MANIFEST, NotGenuine
from licensing.proof.seal import Verdict, seal, verify
from licensing.proof.unpacking import is_safe
from licensing.tests.facts import make_facts
from licensing.tests.programs import needed

FACTS = make_facts(pictures=())
ADDED = "The package holds more than its list of files names: something was added."
PACKED_AT = datetime(2026, 11, 25, 14, 30, 8, tzinfo=UTC)
TODAY = date(2026, 11, 26)


@pytest.fixture(autouse=True)
def secrets(settings, tmp_path):
    settings.SECRETS_DIR = tmp_path / "secrets"


@pytest.fixture
def delivered() -> dict[str, bytes]:
    return {
        "licence.jws": signing.sign_licence(FACTS).encode(),
        "story.txt": b"Eleven minutes late, and for ever\n" * 40,
        "pictures/1.jpg": bytes(range(256)),
        "부산.txt": "강서연".encode(),
    }


def sealed(files, revision=FACTS.revision, sha256=FACTS.revision_sha256, facts=FACTS, at=PACKED_AT) -> bytes:
    return seal(files, facts, revision, sha256, at)


def entries(package: bytes) -> list[tuple[str, bytes]]:
    with zipfile.ZipFile(io.BytesIO(package)) as archive:
        return [(entry.filename, archive.read(entry)) for entry in archive.infolist()]


def packed(files: list[tuple[str | zipfile.ZipInfo, bytes]], **options) -> bytes:
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w", **options) as archive:
        for name, data in files:
            archive.writestr(name, data)
    return content.getvalue()


@pytest.fixture
def check(tmp_path):
    """Verify a package that was written to a file; return what is wrong with it, "" where nothing is."""

    def _check(content: bytes) -> str:
        path = tmp_path / "package.zip"
        path.write_bytes(content)
        try:
            assert verify(path, keys.public_set()).licence["jti"] == "K7M4-2QX3"
        except NotGenuine as problem:
            return str(problem)
        return ""

    return _check


# --- What is sealed


def test_package_holds_the_files_and_their_fingerprints_in_one_folder(delivered):
    found = dict(entries(sealed(delivered)))

    assert list(found) == sorted(f"K7M4-2QX3/{name}" for name in [*delivered, "manifest.json", "manifest.jws"])
    assert {name: found[f"K7M4-2QX3/{name}"] for name in delivered} == delivered
    assert json.loads(found["K7M4-2QX3/manifest.json"]) == {
        "licence": "K7M4-2QX3",
        "revision": 2,
        "revision_sha256": FACTS.revision_sha256,
        "packed_at": "2026-11-25T14:30:08+00:00",
        "files": {name: {"sha256": hashlib.sha256(content).hexdigest(), "size": len(content)} for name, content in delivered.items()},
    }


def test_same_values_are_the_same_bytes_in_whatever_order(delivered):
    assert sealed(delivered) == sealed(dict(reversed(delivered.items())))
    assert sealed(delivered) != sealed(delivered, at=PACKED_AT.replace(day=26))


def test_package_is_unpacked_by_other_programs_and_is_genuine_still(delivered, tmp_path):
    (tmp_path / "package.zip").write_bytes(sealed(delivered))

    subprocess.run([needed("unzip"), "-q", "package.zip", "-d", "licence"], cwd=tmp_path, check=True, env=os.environ | {"LC_ALL": "C.UTF-8"})

    assert (tmp_path / "licence/K7M4-2QX3/부산.txt").read_bytes() == delivered["부산.txt"]
    for folder in (tmp_path / "licence", tmp_path / "licence" / "K7M4-2QX3"):
        assert verify(folder, keys.public_set()).manifest["revision"] == 2


@pytest.mark.parametrize(
    "name", ["", "/etc/passwd", "../story.txt", "a/../../b", "./a", "a//b", "a/", "C:\\a", "a:b", "a\nb", "manifest.json", "manifest.jws"]
)
def test_name_that_leads_elsewhere_is_never_sealed(delivered, name):
    with pytest.raises(ValueError, match="cannot hold a file named"):
        sealed(delivered | {name: b""})


def test_package_without_its_licence_is_never_sealed(delivered):
    del delivered["licence.jws"]

    with pytest.raises(ValueError, match="needs licence.jws"):
        sealed(delivered)


def test_ordinary_names_are_safe():
    assert [name for name in ("story.txt", "pictures/1.jpg", "READ-ME-FIRST.txt", "부산.txt", "..a/b..", "a b") if not is_safe(name)] == []


# --- What is genuine


def test_package_is_genuine_and_says_what_it_permits(delivered, tmp_path):
    (tmp_path / "p.zip").write_bytes(sealed(delivered))

    lines = verify(tmp_path / "p.zip", keys.public_set()).lines(TODAY)

    assert lines == [
        "Genuine: licence K7M4-2QX3, issued by The Halyard on 2 March 2026.",
        "Its package is as it was sealed on 25 November 2026: none of its 4 files was changed, none added or lost.",
        f"Story: {FACTS.headline}",
        f"By {FACTS.byline}, in revision 2: {FACTS.story_url}",
        *odrl.in_words(FACTS),
        f"Credit line: {FACTS.credit_line}",
        "In force today, 26 November 2026, and until 1 March 2027.",
        f"Whether it was revoked since then cannot be known off-line. This page knows: {FACTS.url}",
    ]


@pytest.mark.parametrize(
    ("day", "ends_on", "said"),
    [
        (date(2026, 3, 1), date(2027, 3, 1), "Not in force yet: it begins on 2 March 2026."),
        (date(2026, 3, 2), date(2027, 3, 1), "In force today, 2 March 2026, and until 1 March 2027."),
        (date(2027, 3, 1), date(2027, 3, 1), "In force today, 1 March 2027, and until 1 March 2027."),
        (date(2027, 3, 2), date(2027, 3, 1), "No longer in force: it ended on 1 March 2027."),
        (date(2999, 1, 1), None, "In force today, 1 January 2999, and without end."),
    ],
)
def test_licence_alone_is_genuine_and_says_whether_it_is_in_force(tmp_path, day, ends_on, said):
    path = tmp_path / "licence.jws"
    path.write_text(signing.sign_licence(make_facts(ends_on=ends_on)) + "\n")

    lines = verify(path, keys.public_set()).lines(day)

    assert lines[1] == "This is the licence alone: it says nothing of the files that it came with."
    assert lines[-2] == said


def test_corrected_text_is_delivered_under_the_old_licence_and_that_is_said(delivered, tmp_path):
    (tmp_path / "p.zip").write_bytes(sealed(delivered, revision=3, sha256="c" * 64))

    assert (
        verify(tmp_path / "p.zip", keys.public_set()).lines(TODAY)[2] == "It holds the story in revision 3: corrected since revision 2 was licensed."
    )


@pytest.mark.parametrize(("revision", "sha256"), [(1, "c" * 64), (2, "c" * 64)])
def test_text_that_was_not_licensed_is_refused(delivered, check, revision, sha256):
    assert check(sealed(delivered, revision, sha256)) == "The package holds another text than the one that was licensed."


def test_package_under_a_new_key_holds_a_licence_under_the_old_one(delivered, check):
    keys.rotate()

    assert check(sealed(delivered)) == ""


def test_package_that_was_packed_again_by_another_program_is_genuine(delivered, tmp_path):
    """Its files are what counts; such programs add entries for folders."""
    with zipfile.ZipFile(io.BytesIO(sealed(delivered))) as archive:
        archive.extractall(tmp_path / "unpacked")
    again = shutil.make_archive(str(tmp_path / "again"), "zip", tmp_path / "unpacked")

    assert [name for name, _ in entries(Path(again).read_bytes()) if name.endswith("/")] != []
    assert verify(Path(again), keys.public_set()).licence["jti"] == "K7M4-2QX3"


# --- What is not


def test_one_changed_byte_in_any_file_is_found(delivered, check):
    """Every byte of every file in turn; of the signed texts every twentieth, which test_proof_signing goes through."""
    whole = entries(sealed(delivered))
    passed = []
    for number, (name, content) in enumerate(whole):
        for place in range(0, len(content), 20 if name.endswith(".jws") else 7):
            changed = content[:place] + bytes([content[place] ^ 1]) + content[place + 1 :]
            if not check(packed([*whole[:number], (name, changed), *whole[number + 1 :]])):
                passed.append((name, place))

    assert check(packed(whole)) == ""
    assert passed == []


def test_changed_missing_and_added_files_are_named(delivered, check):
    whole = dict(entries(sealed(delivered)))
    story, licence, manifest = "K7M4-2QX3/story.txt", "K7M4-2QX3/licence.jws", "K7M4-2QX3/manifest.json"

    assert check(packed((whole | {story: b"Twelve"}).items())) == "story.txt is not as it was delivered: it was changed."
    assert check(packed([(name, data) for name, data in whole.items() if name != story])) == "story.txt is missing from the package."
    assert check(packed([*whole.items(), ("K7M4-2QX3/extra.txt", b"")])) == "extra.txt does not belong to the package: it was added."
    assert check(packed((whole | {licence: b""}).items())) == "licence.jws is not as it was delivered: it was changed."
    assert check(packed((whole | {manifest: whole[manifest] + b" "}).items())) == "manifest.json does not say what was signed as manifest.jws."
    for name in ("manifest.json", "manifest.jws"):
        without = [(entry, data) for entry, data in whole.items() if not entry.endswith(name)]
        assert check(packed(without)) == f"This is no package of ours, or not all of it: {name} is missing."


def test_unpacked_package_is_searched_as_closely(delivered, tmp_path):
    with zipfile.ZipFile(io.BytesIO(sealed(delivered))) as archive:
        archive.extractall(tmp_path)
    folder = tmp_path / "K7M4-2QX3"

    def problem() -> str:
        with pytest.raises(NotGenuine) as found:
            verify(folder, keys.public_set())
        return str(found.value)

    assert isinstance(verify(folder, keys.public_set()), Verdict)
    (folder / "pictures/2.jpg").write_bytes(b"")
    assert problem() == "pictures/2.jpg does not belong to the package: it was added."
    (folder / "pictures/2.jpg").unlink()
    (folder / "story.txt").rename(tmp_path / "story.txt")
    assert problem() == "story.txt is missing from the package."
    (folder / "story.txt").symlink_to(tmp_path / "story.txt")
    assert problem() == "story.txt is no file, but leads elsewhere."
    (folder / "story.txt").unlink()
    os.mkfifo(folder / "story.txt")
    assert problem() == "story.txt is no file, but leads elsewhere."


def test_licence_of_another_story_is_refused(delivered, check):
    other = make_facts(reference="B2C3-D4F6", pictures=())
    delivered["licence.jws"] = signing.sign_licence(other).encode()

    assert check(sealed(delivered)) == "The package is sealed for licence K7M4-2QX3, and holds licence B2C3-D4F6."


def test_manifest_signed_by_somebody_else_is_refused(delivered, check, settings, tmp_path):
    ours = settings.SECRETS_DIR
    settings.SECRETS_DIR = tmp_path / "theirs"
    forged = sealed(delivered)
    settings.SECRETS_DIR = ours

    assert check(forged).startswith("It was signed with the key")


def test_licence_does_not_pass_for_a_manifest(delivered, check):
    whole = dict(entries(sealed(delivered)))
    whole["K7M4-2QX3/manifest.jws"] = delivered["licence.jws"]

    assert check(packed(whole.items())) == f"This is signed, but as 'licence+jwt', not as {MANIFEST!r}."


@pytest.mark.filterwarnings("ignore:Duplicate name")
def test_two_files_of_one_name_are_refused(delivered, check):
    whole = entries(sealed(delivered))

    assert check(packed([*whole, ("K7M4-2QX3/story.txt", b"Twelve")])) == "The package holds story.txt twice."
    assert check(packed([("K7M4-2QX3/story.txt", b"Twelve"), *whole])) == "The package holds story.txt twice."


@pytest.mark.parametrize(
    "name", ["/etc/cron.d/x", "../x", "K7M4-2QX3/../../x", "K7M4-2QX3/a\\..\\x", "C:/x", "x", "K7M4-2QX3//x", "K7M4-2QX3/a\x1b[2J", "K7M4-2QX3/x/"]
)
def test_names_that_lead_elsewhere_are_refused(delivered, check, name):
    entry = zipfile.ZipInfo("placeholder")
    entry.filename = name

    assert check(packed([*entries(sealed(delivered)), (entry, b"x")])).startswith("The package holds a file whose name leads elsewhere: ")


@pytest.mark.parametrize("name", ["../../evil/", "K7M4-2QX3/Send money to X/", "elsewhere/"])
def test_folder_that_holds_no_file_of_the_package_is_refused(delivered, check, name):
    assert check(packed([*entries(sealed(delivered)), (name, b"")])).startswith("The package holds a file whose name leads elsewhere: ")


def test_file_that_is_a_link_is_refused(delivered, check):
    whole = dict(entries(sealed(delivered)))
    link = zipfile.ZipInfo("K7M4-2QX3/story.txt")
    link.create_system, link.external_attr = 3, 0o120777 << 16
    files = [(link if name == link.filename else name, data) for name, data in whole.items()]

    assert check(packed(files)).startswith("The package holds a file whose name leads elsewhere: ")


def test_file_that_the_list_does_not_name_is_found(delivered, check):
    content = sealed(delivered)
    hidden = packed([("K7M4-2QX3/invoice.html", b"Pay here")])
    hidden, place = hidden[: hidden.index(b"PK\x01\x02")], content.index(b"PK\x01\x02")
    begins = (place + len(hidden)).to_bytes(4, "little")

    assert check(content[:place] + hidden + content[place:-6] + begins + content[-2:]) == ADDED


def test_second_folder_is_refused(delivered, check):
    assert check(packed([*entries(sealed(delivered)), ("__MACOSX/x", b"")])) == "The package does not hold one folder, as ours do."


def test_encrypted_package_is_refused(delivered, check):
    content = sealed(delivered)
    first = content.index(b"PK\x01\x02") + 8  # the flags in the list of files
    marked = content[:first] + bytes([content[first] | 1]) + content[first + 1 :]

    assert check(marked) == "The package is encrypted. No package of ours is."


@pytest.mark.parametrize("method", [zipfile.ZIP_BZIP2, zipfile.ZIP_LZMA])
def test_other_compression_is_refused(delivered, check, method):
    assert check(packed(entries(sealed(delivered)), compression=method)) == "The package is compressed in a way that none of ours is."


def test_bombs_are_refused_before_they_are_unpacked(delivered, check):
    claimed = sealed(delivered)
    size = claimed.index(b"PK\x01\x02") + 24  # of the first file when it is unpacked, as the list says
    huge = claimed[:size] + (2_000_000_001).to_bytes(4, "little") + claimed[size + 4 :]
    many = packed([(f"K7M4-2QX3/{number}", b"") for number in range(10_001)])
    endless = packed([(f"K7M4-2QX3/{number:0>600}", b"") for number in range(9_000)])

    assert check(huge) == "The package is larger than any of ours."
    assert check(many) == "The package is larger than any of ours."
    assert check(endless) == "The package does not end as ours do: it is incomplete, or something else."


def test_unpacked_bomb_is_refused(tmp_path):
    (tmp_path / "manifest.json").write_bytes(b"")
    with (tmp_path / "sparse").open("wb") as file:
        file.truncate(2_000_000_001)

    with pytest.raises(NotGenuine, match="larger than any of ours"):
        verify(tmp_path, keys.public_set())


def test_zip64_is_refused(delivered, check):
    content = sealed(delivered)
    locator = b"PK\x06\x07" + bytes(16)

    assert check(content[:-22] + locator + content[-22:]) == "The package does not end as ours do: it is incomplete, or something else."


def test_damage_is_said_in_words(delivered, check):
    """In each way in which zipfile says it."""
    whole, damaged = sealed(delivered), "The package is damaged: it cannot be unpacked."
    stored = packed(entries(whole))
    first, last = whole.index(b"PK\x01\x02"), stored.rindex(b"PK\x01\x02")

    def spoilt(content: bytes, place: int, spoil: bytes) -> bytes:
        return content[:place] + spoil + content[place + len(spoil) :]

    assert check(spoilt(whole, first, b"XX")) == damaged  # no list of files where it should be
    assert check(spoilt(whole, whole.rindex("부산".encode()), b"\xff")) == damaged  # no name in UTF-8
    assert check(spoilt(whole, first + 6, b"\xff")) == damaged  # packed by a program of the future
    assert check(spoilt(whole, 30 + len("K7M4-2QX3/licence.jws"), b"\xff" * 9)) == damaged  # nothing that can be inflated
    assert check(spoilt(stored, last + 20, (1_000_000).to_bytes(4, "little") * 2)).startswith(
        "The package says two things"
    )  # longer than the package
    assert check(spoilt(whole, len(whole) - 6, (1_000_000).to_bytes(4, "little"))) == ADDED  # a file before the beginning
    nameless = bytes(4) + len("K7M4-2QX3/licence.jws").to_bytes(2, "little")  # its name is a comment now
    assert check(spoilt(whole, first + 28, nameless)).startswith("The package holds a file whose name leads elsewhere")


def test_wherever_a_package_is_cut_or_spoilt_there_is_an_answer(delivered, check):
    """No accident ends in anything but a sentence; what was only written otherwise around the files may stay genuine."""
    content, chance = sealed(delivered), random.Random(8)  # noqa: S311 - the same spoils each time
    for end in range(1, len(content), 13):
        assert check(content[:end]) != ""
    for _ in range(400):
        spoilt = bytearray(content)
        for place in chance.sample(range(4, len(content)), chance.choice([1, 3])):
            spoilt[place] = chance.randrange(256)
        check(bytes(spoilt))


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"", "The file is empty."),
        (b"Eleven minutes late. And for ever. The end.", "This is neither a package nor a licence. A story alone proves nothing"),
        (b"<html><p>Eleven. Minutes. Late", "This is neither a package nor a licence"),
        (b"\x89PNG\r\n\x1a\n" + bytes(range(256)), "This is neither a package nor a licence"),
        (b"eyJ.b.c", "This is not a licence: it is no signed text."),
        ("eyJé.b.c".encode(), "This is not a licence: it is no signed text."),
        (b"PK\x05\x06" + bytes(18), "The package does not hold one folder"),
        (b"PK", "The package does not end as ours do"),
    ],
)
def test_other_files_are_refused_in_words(check, content, said):
    assert check(content).startswith(said)


def test_folder_of_something_else_is_refused(tmp_path):
    (tmp_path / "empty").mkdir()

    with pytest.raises(NotGenuine, match="This is no package of ours, or not all of it: manifest.jws is missing"):
        verify(tmp_path / "empty", keys.public_set())
