"""Packages: made once for each text, kept as they were made, and each time that one is fetched is on record."""

import hashlib
import json
from datetime import timedelta
from io import BytesIO
from pathlib import Path
from zipfile import ZipFile

import pytest
from django.core.files.base import ContentFile
from django.core.signing import TimestampSigner, b62_encode
from django.utils import timezone

from articles.models import Image
from articles.tests.build import picture_bytes
from articles.tests.races import at_once
from licensing import tasks
from licensing.models import Delivery, Licence, Notice, Package, PublicKey
from licensing.package import DamagedPicture
from licensing.proof import keys, seal, signing
from licensing.proof.reading import NotGenuine
from licensing.tests.build import change_licences, make_card, make_licence, make_story, make_terms

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def card(settings, tmp_path):
    settings.SECRETS_DIR = tmp_path / "secrets"
    make_terms()
    return make_card()


def files_in(package: Package) -> dict[str, bytes]:
    with ZipFile(package.path) as archive:
        return {name.partition("/")[2]: archive.read(name) for name in archive.namelist()}


# --- Made once


def test_package_is_made_once_and_kept_as_it_was_made():
    licence = make_licence()

    first = Package.objects.make(licence)
    content = first.path.read_bytes()
    second = Package.objects.make(licence)

    assert (first, Package.objects.count(), second.path.read_bytes()) == (second, 1, content)
    assert (first.sha256, first.size) == (hashlib.sha256(content).hexdigest(), len(content))
    assert [path.name for path in first.path.parent.iterdir()] == [f"{licence}-1.zip"]


def test_package_holds_the_licensed_text_pictures_and_proof_and_can_be_verified():
    licence = make_licence(make_story(pictures=["FOR_SALE", "NONE"]), choice={"pictures": True})

    package = Package.objects.make(licence)

    assert sorted(files_in(package)) == [
        "READ-ME-FIRST.txt", "licence.jws", "licence.pdf", "manifest.json", "manifest.jws", "pictures/1.jpg",
        "story.docx", "story.html", "story.md", "story.ninjs.json", "story.txt",
    ]  # fmt: skip
    assert files_in(package)["licence.jws"].decode() == licence.jws
    verdict = seal.verify(package.path, PublicKey.objects.jwks())
    assert (verdict.licence["jti"], verdict.manifest["revision"]) == (licence.reference, 1)
    assert package.name == f"{licence}-the-shepherds-rain-gauge.zip"


def test_package_of_a_corrected_text_is_one_of_its_own_under_the_same_licence():
    licence = make_licence(story := make_story())
    Package.objects.make(licence)
    story.body = "<p>The gauge holds five litres.</p>"
    story.correct("It was said to hold six.")
    Notice.objects.tell_of_changes()

    tasks.pack(licence.pk)

    first, corrected = Package.objects.order_by("pk")
    assert [(package.revision.number, package.is_corrected) for package in (first, corrected)] == [(1, False), (2, True)]
    assert [b"five litres" in files_in(package)["story.txt"] for package in (first, corrected)] == [False, True]
    assert len({files_in(package)["licence.jws"] for package in (first, corrected)}) == 1
    assert json.loads(files_in(corrected)["manifest.json"])["revision"] == 2


@pytest.mark.django_db(transaction=True)
def test_package_that_is_asked_for_twenty_times_at_once_is_made_once():
    licence = make_licence()

    made = at_once(*[lambda: Package.objects.make(Licence.objects.get(pk=licence.pk))] * 20)

    package = Package.objects.get()
    assert made == [package] * 20
    assert package.sha256 == hashlib.sha256(package.path.read_bytes()).hexdigest()


def test_package_of_a_licence_that_was_never_signed_signs_it():
    licence = make_licence()
    change_licences(jws="")

    package = Package.objects.make(Licence.objects.get())

    assert files_in(package)["licence.jws"].decode() == Licence.objects.get().jws != ""
    assert licence.jws != ""


# --- An original that cannot be read


@pytest.mark.parametrize("content", [b"", b"\xff\xd8\xff\xe0 no picture", None])
def test_damaged_or_missing_original_is_never_delivered_and_is_packed_once_it_is_back(content):
    licence = make_licence(make_story(pictures=["FOR_SALE"]), choice={"pictures": True})
    original = Path(Image.objects.get().file.path)
    was = original.read_bytes()
    original.write_bytes(content) if content is not None else original.unlink()

    with pytest.raises(DamagedPicture, match=Image.objects.get().short_id):
        Package.objects.make(licence)
    left = (Package.objects.count(), list(Path(original.parents[1]).glob("packages/*")))
    original.write_bytes(was)

    assert left == (0, [])
    assert "pictures/1.jpg" in files_in(Package.objects.make(licence))


# --- Fetched


def test_each_time_that_a_package_is_fetched_is_on_record():
    package = Package.objects.make(make_licence())

    package.deliver(Delivery.Way.ORDER)
    package.deliver(Delivery.Way.LINK)

    assert [(row.package, row.way, row.at.date()) for row in Delivery.objects.all()] == [
        (package, "ORDER", timezone.now().date()), (package, "LINK", timezone.now().date()),
    ]  # fmt: skip


class SignerOf(TimestampSigner):
    """Signs as one did so many days ago."""

    def __init__(self, days: int):
        super().__init__(salt="licensing.package")
        self.days = days

    def timestamp(self) -> str:
        return b62_encode(int((timezone.now() - timedelta(days=self.days)).timestamp()))


@pytest.mark.parametrize(("days", "is_found"), [(0, True), (13, True), (15, False)])
def test_link_leads_to_the_package_for_two_weeks(days, is_found):
    package = Package.objects.make(make_licence())

    assert Package.by_token(SignerOf(days).sign(f"{package.licence_id}.{package.revision_id}")) == (package if is_found else None)


def test_picture_whose_file_was_replaced_since_it_was_licensed_is_not_packed():
    licence = make_licence(make_story(pictures=["FOR_SALE"]), choice={"pictures": True})
    Image.objects.get().file.save("other.jpg", ContentFile(picture_bytes(colour="red")))

    with pytest.raises(DamagedPicture, match="is not the one that was licensed"):
        Package.objects.make(licence)

    assert Package.objects.count() == 0


def test_link_leads_to_a_package_that_is_still_to_be_made():
    licence = make_licence()
    found = Package.by_token(licence.files_link.partition("/packages/")[2].rstrip("/"))

    assert (found.pk, found.licence, found.revision, Package.objects.count()) == (None, licence, licence.revision, 0)


def test_link_that_was_changed_or_signed_for_something_else_leads_nowhere():
    package = Package.objects.make(make_licence())
    sent = package.link.partition("/packages/")[2].rstrip("/")
    assert Package.by_token(sent) == package

    other = f"{package.licence_id + 1}{sent[len(str(package.licence_id)) :]}"
    forged = [sent[:-1] + ("A" if sent[-1] != "A" else "B"), other, f"{package.licence_id}.{package.revision_id}", ""]
    forged.append(TimestampSigner(salt="something.else").sign(f"{package.licence_id}.{package.revision_id}"))

    assert [Package.by_token(each) for each in forged] == [None] * 5


# --- Keys


def test_public_keys_are_kept_without_their_private_part_also_when_the_files_are_lost(settings, tmp_path):
    first = make_licence()
    keys.rotate()
    second = make_licence(make_story(headline="Snow in May"))
    settings.SECRETS_DIR = tmp_path / "a-new-machine"
    keys.current()

    jwks = PublicKey.objects.jwks()

    assert [signing.read(licence.jws, jwks)["licence"]["reference"] for licence in (first, second)] == [first.reference, second.reference]
    assert (PublicKey.objects.count(), len(jwks["keys"])) == (2, 3)
    assert [sorted(key) for key in jwks["keys"]] == [["alg", "crv", "iat", "kid", "kty", "use", "x"]] * 3


def test_key_is_kept_once():
    keys.current()
    PublicKey.objects.keep()
    PublicKey.objects.keep()

    assert PublicKey.objects.count() == 1


def test_package_that_was_changed_on_its_way_does_not_verify():
    package = Package.objects.make(make_licence())
    file = BytesIO()
    with ZipFile(package.path) as archive, ZipFile(file, "w") as other:
        for name in archive.namelist():
            other.writestr(name, archive.read(name).replace(b"quay", b"pier"))
    changed = package.path.with_name("changed.zip")
    changed.write_bytes(file.getvalue())

    assert seal.verify(package.path, PublicKey.objects.jwks()).manifest
    with pytest.raises(NotGenuine):
        seal.verify(changed, PublicKey.objects.jwks())
