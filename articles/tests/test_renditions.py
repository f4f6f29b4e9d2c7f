"""The copies of a picture: which there are, what they show, and what their files say."""

import json
import re
import subprocess
from io import BytesIO

import pytest
from django.conf import settings
from django.core.files.base import ContentFile
from PIL import Image as Pillow

from articles import renditions
from articles.models import Image
from articles.tests.build import make_image, picture_bytes
from licensing.tests.programs import needed

pytestmark = pytest.mark.django_db

PACKET = """<x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#">
<rdf:Description xmlns:dc="http://purl.org/dc/elements/1.1/" xmlns:photoshop="http://ns.adobe.com/photoshop/1.0/"
 xmlns:xmpRights="http://ns.adobe.com/xap/1.0/rights/" xmlns:plus="http://ns.useplus.org/ldf/xmp/1.0/" xmlns:aux="http://ns.adobe.com/exif/1.0/aux/"
 photoshop:Credit="Mara Tide / Tide Pictures" aux:SerialNumber="SN-4711" xmpRights:WebStatement="{statement}">
<dc:creator><rdf:Seq><rdf:li>Mara Tide</rdf:li><rdf:li>Jo Ebb</rdf:li></rdf:Seq></dc:creator>
<dc:rights><rdf:Alt><rdf:li xml:lang="x-default">© 2024 Tide Pictures</rdf:li></rdf:Alt></dc:rights>
<plus:Licensor><rdf:Seq><rdf:li plus:LicensorName="Tide Pictures" plus:LicensorURL="https://tide.example/buy"/></rdf:Seq></plus:Licensor>
</rdf:Description></rdf:RDF></x:xmpmeta>"""


def opened(image: Image, name: str) -> Pillow.Image:
    with Pillow.open(renditions.path(image.short_id, name)) as picture:
        picture.load()
        return picture


def image_of(content: bytes, **fields) -> Image:
    image = Image(alt_text="The quay", **fields)
    image.file.save("quay.jpg", ContentFile(content))
    image.make_renditions()
    return image


def kept(image: Image) -> list[str]:
    return sorted(path.name for path in renditions.path(image.short_id, "").iterdir() if path.name != ".lock")


def said(image: Image, name: str) -> dict:
    """Return what ExifTool reads in a copy, without what it says of the file itself."""
    command = [needed("exiftool"), "-json", "-G1", "-struct", str(renditions.path(image.short_id, name))]
    return json.loads(subprocess.run(command, check=True, capture_output=True).stdout)[0]


# --- Which there are


def test_picture_is_offered_in_three_kinds_two_shapes_and_four_cuts_for_machines():
    image = make_image(width=2000, height=1400)

    assert kept(image) == sorted(
        [f"{name}.{kind}" for name in ("480", "960", "1600", "3x2-320", "3x2-640", "3x2-960") for kind in ("avif", "webp", "jpg")]
        + ["share-1200.jpg", "16x9-1200.jpg", "4x3-1200.jpg", "1x1-1200.jpg"]
    )
    assert kept(image) == sorted(copy.name for copy in image.copies)


@pytest.mark.parametrize(
    ("size", "whole", "cards"),
    [
        ((2000, 1400), [(480, 336), (960, 672), (1600, 1120)], [(320, 213), (640, 427), (960, 640)]),
        ((1599, 800), [(480, 240), (960, 480)], [(320, 213), (640, 427), (960, 640)]),
        ((700, 1400), [(480, 960)], [(320, 213), (640, 427)]),
        ((200, 100), [(200, 100)], [(150, 100)]),
        ((100, 2000), [(96, 1920)], [(100, 67)]),
    ],
)
def test_no_copy_is_larger_than_the_picture(size, whole, cards):
    image = make_image(width=size[0], height=size[1])

    assert [(copy.width, copy.height) for copy in image.offers()] == whole
    assert [(copy.width, copy.height) for copy in image.offers("3x2", "webp")] == cards
    assert {copy.name: opened(image, copy.name).size for copy in image.copies} == {copy.name: (copy.width, copy.height) for copy in image.copies}


def test_machines_find_a_cut_with_its_address_and_size():
    image = make_image(width=2000, height=1400)

    cuts = [image.rendition(1200, shape) for shape in ("share", "16x9", "4x3", "1x1")]

    assert [(cut.width, cut.height) for cut in cuts] == [(1200, 630), (1200, 675), (1200, 900), (1200, 1200)]
    assert cuts[1].url == image.rendition_url(1200, "16x9") == f"/pictures/{image.short_id}/16x9-1200.jpg"
    assert image.rendition(1200, "16x9", "avif") is None
    assert image.rendition(960).url == f"/pictures/{image.short_id}/960.jpg"


def test_picture_without_copies_offers_nothing():
    image = make_image()
    image.recipe = 0

    assert (image.copies, image.widths, image.smallest, image.largest, image.rendition(480)) == ([], [], None, None, None)


def test_copies_that_no_longer_belong_are_removed():
    image = make_image(width=1700, height=1200)
    part = renditions.path(image.short_id, "960.jpg.part")
    part.write_bytes(b"half")
    image.file.save("smaller.jpg", ContentFile(picture_bytes(600, 400)))

    image.make_renditions()

    assert kept(image) == sorted(copy.name for copy in image.copies)
    assert (image.width, image.height, image.widths) == (600, 400, [480])


def test_failed_writing_leaves_the_whole_file_that_was_there(monkeypatch):
    image = make_image()
    before = {copy.name: renditions.path(image.short_id, copy.name).read_bytes() for copy in image.copies}

    def fail(self, target, *args, **options):
        target.write_bytes(b"half")
        raise OSError("No space left on device")

    monkeypatch.setattr(Pillow.Image, "save", fail)
    with pytest.raises(OSError, match="No space"):
        image.make_renditions()

    assert {copy.name: renditions.path(image.short_id, copy.name).read_bytes() for copy in image.copies} == before


def test_copies_of_a_file_that_was_replaced_meanwhile_are_not_offered(monkeypatch):
    image = make_image()
    make = renditions.make

    def replaced(*args):
        Image.objects.filter(pk=image.pk).update(file="originals/another.jpg", recipe=0)
        return make(*args)

    monkeypatch.setattr(renditions, "make", replaced)
    image.make_renditions()

    assert Image.objects.get().recipe == 0


# --- What they show


def red_at(x: float, y: float, size=(1800, 1800)) -> bytes:
    """Return a blue picture with a red square whose middle is at a point of it (0 to 1)."""
    picture, file = Pillow.new("RGB", size, "blue"), BytesIO()
    left, top = int(x * size[0]), int(y * size[1])
    picture.paste("red", (left - 60, top - 60, left + 60, top + 60))
    picture.save(file, "PNG")
    return file.getvalue()


@pytest.mark.parametrize(("focal", "seen_at"), [((0.5, 0.5), 0.5), ((0.5, 0.3), 0.45), ((0.5, 0.1), 0.15), ((0.5, 0.9), 0.85)])
def test_cut_is_as_near_to_the_focal_point_as_it_fits(focal, seen_at):
    image = image_of(red_at(*focal), focal_x=focal[0], focal_y=focal[1])

    for name in ("3x2-960.avif", "3x2-640.webp", "3x2-320.jpg"):
        cut = opened(image, name)
        red, _, blue = cut.getpixel((cut.width // 2, int(seen_at * cut.height)))
        assert red > 200, name
        assert blue < 60, name


def test_focal_point_is_that_of_the_upright_picture():
    exif = Pillow.Exif()
    exif[0x0112] = 6  # its left side is the top
    with Pillow.open(BytesIO(red_at(0.1, 0.5, (1800, 900)))) as lying:
        file = BytesIO()
        lying.save(file, "JPEG", exif=exif)

    image = image_of(file.getvalue(), focal_x=0.5, focal_y=0.1)

    assert (image.width, image.height) == (900, 1800)
    assert opened(image, "3x2-640.jpg").getpixel((320, 128))[0] > 200


@pytest.mark.parametrize("orientation", range(1, 9))
@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP", "TIFF"])
def test_every_orientation_stands_upright_and_its_size_is_known_from_the_header(orientation, kind):
    upright = Pillow.new("RGB", (300, 200), "blue")
    upright.paste("red", (0, 0, 100, 60))
    backwards = {1: None, 2: 0, 3: 3, 4: 1, 5: 5, 6: 2, 7: 6, 8: 4}[orientation]  # Pillow's numbers of the turns that undo those of EXIF
    exif, file = Pillow.Exif(), BytesIO()
    exif[0x0112] = orientation
    stored = upright if backwards is None else upright.transpose(backwards)
    stored.save(file, kind, exif=exif)

    picture = renditions.plain(BytesIO(file.getvalue()))

    assert renditions.upright_size(BytesIO(file.getvalue())) == picture.size == (300, 200)
    assert picture.getpixel((30, 30))[0] > 200
    assert picture.getpixel((270, 170))[2] > 200


# --- What their files say

KINDS = ["960.avif", "960.webp", "960.jpg", "3x2-640.avif", "share-1200.jpg"]


@pytest.mark.parametrize("name", KINDS)
def test_copy_says_whose_it_is_and_where_it_can_be_licensed(name):
    facts = {"creator": "Owen Strand", "credit": "Photo: Owen Strand / The Halyard", "copyright_holder": "Strand & Søn <بحر>"}
    image = make_image(**facts)

    read = said(image, name)

    assert read["XMP-dc:Creator"] == ["Owen Strand"]
    assert read["XMP-photoshop:Credit"] == "Photo: Owen Strand / The Halyard"
    assert read["XMP-dc:Rights"] == "© Strand & Søn <بحر>"
    assert read["XMP-xmpRights:WebStatement"] == f"{settings.SITE_URL}/licence-terms/"
    assert read["XMP-plus:Licensor"] == [{"LicensorName": "The Halyard", "LicensorURL": f"{settings.SITE_URL}/republish/sample/"}]
    assert read["XMP-plus:CopyrightOwner"] == [{"CopyrightOwnerName": "Strand & Søn <بحر>"}]


@pytest.mark.parametrize("name", KINDS)
def test_copy_says_nothing_of_the_camera(name):
    exif, file = Pillow.Exif(), BytesIO()
    exif[0x010F], exif[0x013B] = "Lumen & Sons", "Owen Strand"
    exif.get_ifd(0x8825)[2] = (51.0, 30.0, 12.0)
    exif.get_ifd(0x8769)[0xA431] = "SN-4711"
    Pillow.new("RGB", (1200, 800)).save(file, "JPEG", exif=exif, xmp=PACKET.format(statement="https://tide.example/terms").encode())

    image = image_of(file.getvalue())

    read = said(image, name)
    groups = {key.partition(":")[0] for key in read}
    assert {group for group in groups if group.startswith(("GPS", "ExifIFD", "IFD", "IPTC", "ICC", "Maker", "XMP"))} == {
        "XMP-dc", "XMP-photoshop", "XMP-xmpRights", "XMP-plus"
    }  # fmt: skip
    content = renditions.path(image.short_id, name).read_bytes()
    assert (b"SN-4711" in content, b"Lumen" in content) == (False, False)


def test_what_an_original_says_is_kept_where_the_newsroom_says_nothing():
    file = BytesIO()
    Pillow.new("RGB", (1200, 800)).save(file, "JPEG", xmp=PACKET.format(statement="https://tide.example/terms").encode())

    read = said(image_of(file.getvalue()), "480.webp")
    assert read["XMP-dc:Creator"] == ["Mara Tide, Jo Ebb"]
    assert read["XMP-photoshop:Credit"] == "Mara Tide / Tide Pictures"
    assert read["XMP-dc:Rights"] == "© 2024 Tide Pictures"
    assert read["XMP-xmpRights:WebStatement"] == "https://tide.example/terms"
    assert read["XMP-plus:Licensor"] == [{"LicensorName": "Tide Pictures", "LicensorURL": "https://tide.example/buy"}]

    read = said(image_of(file.getvalue(), creator="Mara Tide", copyright_holder="The Halyard"), "480.webp")
    assert (read["XMP-dc:Creator"], read["XMP-dc:Rights"]) == (["Mara Tide"], "© The Halyard")


@pytest.mark.parametrize("statement", ["javascript:alert(1)", "data:text/html,x", "https://tide.example/ &lt;b&gt;", "//tide.example"])
def test_what_is_no_link_is_not_kept_as_one(statement):
    file = BytesIO()
    Pillow.new("RGB", (1200, 800)).save(file, "JPEG", xmp=PACKET.format(statement=statement).encode())

    assert renditions.rights.read(BytesIO(file.getvalue())).terms_url == ""


@pytest.mark.parametrize(
    "packet",
    [
        b"",
        b"<",
        b"\x00" * 500,
        b"<!DOCTYPE x [<!ENTITY e SYSTEM 'file:///etc/hostname'>]>" + PACKET.replace("Jo Ebb", "&e;").encode(),
        b"<!DOCTYPE x [<!ENTITY a 'aaaaaaaaaa'><!ENTITY b '&a;&a;&a;&a;'>]><x xmlns:dc='http://purl.org/dc/elements/1.1/'><dc:creator>&b;</dc:creator></x>",
        PACKET.replace("Mara Tide", "M" * 5000).encode(),
        PACKET.replace("Mara Tide", "Mara\u202eTide\u2066").encode(),
    ],
)
def test_hostile_packet_is_read_as_plain_short_lines_or_not_at_all(packet):
    file = BytesIO()
    Pillow.new("RGB", (60, 40)).save(file, "WEBP", xmp=packet)

    read = renditions.rights.read(BytesIO(file.getvalue()))

    assert max(len(text) for text in vars(read).values()) <= 200
    assert "aaaa" not in read.creator
    assert not re.search("[\u202a-\u202e\u2066-\u2069]", read.creator)
    assert "\n" not in read.creator


def test_older_ways_of_naming_the_maker_are_read_too():
    exif, file = Pillow.Exif(), BytesIO()
    exif[0x013B], exif[0x8298] = "Owen Strand", "Copyright 2019 Owen Strand"
    Pillow.new("RGB", (60, 40)).save(file, "JPEG", exif=exif)

    read = renditions.rights.read(BytesIO(file.getvalue()))

    assert (read.creator, read.notice, read.owner) == ("Owen Strand", "Copyright 2019 Owen Strand", "Owen Strand")


def test_picture_that_may_not_be_republished_names_nobody_to_license_it():
    read = said(make_image(syndication="NONE"), "480.jpg")

    assert "XMP-plus:Licensor" not in read
    assert read["XMP-xmpRights:WebStatement"] == f"{settings.SITE_URL}/licence-terms/"


def test_what_no_file_can_hold_is_left_out_of_what_it_says():
    image = make_image(creator="Owen\x0b Strand\x1f", credit="Photo:\nOwen\ufffe")

    read = said(image, "480.jpg")

    assert (read["XMP-dc:Creator"], read["XMP-photoshop:Credit"]) == (["Owen Strand"], "Photo: Owen")
