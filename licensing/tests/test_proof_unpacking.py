"""ZIPs that one program would unpack to something else than another: what is checked has to be what is unpacked."""

import io
import struct
import zipfile
import zlib
from pathlib import Path

import pytest

from licensing.proof import keys, signing
from licensing.proof.reading import NotGenuine
from licensing.proof.seal import seal, verify
from licensing.tests.test_proof_seal import FACTS, PACKED_AT

TWO_THINGS = "The package says two things of K7M4-2QX3/{}: programs would unpack it differently."
STORY = b"Eleven minutes late, and for ever\n" * 40


@pytest.fixture
def package(settings, tmp_path) -> bytes:
    settings.SECRETS_DIR = tmp_path / "secrets"
    files = {"licence.jws": signing.sign_licence(FACTS).encode(), "story.html": STORY, "pictures/1.jpg": b"one", "pictures/2.jpg": b"two"}
    return seal(files, FACTS, FACTS.revision, FACTS.revision_sha256, PACKED_AT)


@pytest.fixture
def check(tmp_path):
    """Verify a package; return what is wrong with it, "" where nothing is."""

    def _check(content: bytes) -> str:
        path: Path = tmp_path / "package.zip"
        path.write_bytes(content)
        try:
            verify(path, keys.public_set())
        except NotGenuine as problem:
            return str(problem)
        return ""

    return _check


def packed_again(package: bytes, change) -> bytes:
    """Return the same files in another ZIP; `change` may do to each entry what it likes before it is written."""
    content = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(package)) as old, zipfile.ZipFile(content, "w", zipfile.ZIP_DEFLATED) as new:
        for entry in old.infolist():
            data = old.read(entry)
            change(entry)
            new.writestr(entry, data)
    return content.getvalue()


def test_files_packed_again_as_they_were_are_genuine(package, check):
    assert (check(package), check(packed_again(package, lambda entry: None))) == ("", "")


def extra(kind: int, data: bytes) -> bytes:
    return struct.pack("<HH", kind, len(data)) + data


def test_second_name_of_a_file_in_an_extra_field_is_refused(package, check):
    """Info-ZIP's Unicode path (0x7075) is what unzip goes by: two pictures would change places."""

    def swap(entry):
        if entry.filename.endswith("1.jpg"):
            other = entry.filename.replace("1.jpg", "2.jpg").encode()
            entry.extra = extra(0x7075, b"\x01" + struct.pack("<L", zlib.crc32(entry.filename.encode())) + other)

    assert check(packed_again(package, swap)) == TWO_THINGS.format("pictures/1.jpg")


def test_moments_and_owners_in_extra_fields_are_harmless(package, check):
    def date(entry):
        entry.extra = extra(0x5455, b"\x01" + bytes(4)) + extra(0x7875, b"\x01\x04" + bytes(4) + b"\x04" + bytes(4))

    assert check(packed_again(package, date)) == ""


def headers(content: bytes, name: str) -> tuple[int, int]:
    """Return where a file's own header and its line in the list of files begin."""
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        entry = archive.getinfo(f"K7M4-2QX3/{name}")
    return entry.header_offset, content.index(entry.filename.encode(), content.index(b"PK\x01\x02")) - 46


def spoilt(content: bytes, place: int, spoil: bytes) -> bytes:
    return content[:place] + spoil + content[place + len(spoil) :]


def test_file_that_goes_on_behind_its_end_is_refused(package, check):
    """A stream of deflate says itself where it ends; what lies behind it, within the size that is listed, other programs find."""
    own, _ = headers(package, "story.html")
    with zipfile.ZipFile(io.BytesIO(package)) as archive:
        entry = archive.getinfo("K7M4-2QX3/story.html")
        end, start = own + 30 + len(entry.filename) + entry.compress_size, archive.start_dir
        later = [each.filename.removeprefix("K7M4-2QX3/") for each in archive.infolist() if each.header_offset > own]
    hidden = b"PK\x03\x04 a forged story"
    content = package[:end] + hidden + package[end:]
    size = (entry.compress_size + len(hidden)).to_bytes(4, "little")
    moved = content[:-6] + (start + len(hidden)).to_bytes(4, "little") + content[-2:]
    line = headers(moved, "story.html")[1]
    moved = spoilt(spoilt(moved, own + 18, size), line + 20, size)
    for name in later:
        place = headers(moved, name)[1] + 42
        offset = int.from_bytes(moved[place : place + 4], "little") + len(hidden)
        moved = spoilt(moved, place, offset.to_bytes(4, "little"))

    with zipfile.ZipFile(io.BytesIO(moved)) as archive:
        assert archive.testzip() is None  # Python itself finds nothing wrong with it
    assert check(moved) == "The package holds more of K7M4-2QX3/story.html than its list of files names: something was added."


@pytest.mark.parametrize(
    ("place", "spoil"), [(8, b"\0\0"), (6, b"\x08\0"), (14, b"\0\0\0\0"), (18, b"\1\0\0\0"), (22, b"\1\0\0\0"), (30, b"X")]
)  # method, flags, checksum, both sizes, name
def test_file_whose_own_header_says_something_else_is_refused(package, check, place, spoil):
    own, _ = headers(package, "story.html")

    assert check(spoilt(package, own + place, spoil)) in {TWO_THINGS.format("story.html"), "The package is damaged: it cannot be unpacked."}


def test_name_with_a_nul_in_it_is_refused(package, check):
    """Python ends a name there, other programs do not."""
    own, line = headers(package, "story.html")
    name = b"K7M4-2QX3/story.html"
    nul = name[:-5] + b"\0html"
    content = spoilt(spoilt(package, own + 30, nul), line + 46, nul)

    assert check(content).startswith("The package holds a file whose name leads elsewhere")
