"""The pictures of a licence, read by ExifTool and Pillow: every pixel is there, whose they are is told, and nothing that a camera wrote."""

import json
import subprocess
from io import BytesIO

import pytest
from PIL import Image as Pillow
from PIL import ImageCms, ImageOps, PngImagePlugin

from licensing import package
from licensing.tests.facts import make_facts, make_picture, make_snapshot, picture_of
from licensing.tests.programs import needed

PROFILE = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
SECRETS = ("Acme", "SN-4711", "Ines’ own camera", "Secret")
FORMATS = [("JPEG", {}), ("JPEG", {"progressive": True}), ("PNG", {}), ("WEBP", {"quality": 80}), ("WEBP", {"lossless": True}), ("TIFF", {})]


def packed(original: bytes, facts=None, **changes) -> dict[str, bytes]:
    """Return the pictures among the files of a licence of one picture."""
    facts = facts or make_facts(pictures=(make_picture(1, **changes),))
    files = package.files(facts, make_snapshot(), {"pict0r1": original})
    return {name: content for name, content in files.items() if name.startswith("pictures/")}


def told(content: bytes, folder) -> dict:
    """Return what ExifTool reads in a file, without what it says of the file system."""
    path = folder / "picture"
    path.write_bytes(content)
    command = [needed("exiftool"), "-j", "-G1", "-struct", "-n", "-x", "System:all", str(path)]
    [tags] = json.loads(subprocess.run(command, capture_output=True, check=True).stdout)
    assert not [tag for tag in tags if tag.endswith((":Warning", ":Error"))], tags
    return tags


def pixels(content: bytes) -> tuple:
    with Pillow.open(BytesIO(content)) as picture:
        return picture.mode, picture.size, picture.tobytes()


def camera_exif(orientation=1) -> Pillow.Exif:
    """Return what a careless camera writes: place, owner, serial number, software."""
    exif = Pillow.Exif()
    exif[0x0112], exif[0x010F], exif[0x0131] = orientation, "Acme", "Secret Studio 9"
    exif.get_ifd(0x8769).update({0xA430: "Ines’ own camera", 0xA431: "SN-4711", 0x9286: b"ASCII\0\0\0Secret"})
    exif.get_ifd(0x8825).update({1: "N", 2: (54.0, 58.0, 12.0), 3: "W", 4: (1.0, 36.0, 0.0)})
    return exif


@pytest.mark.parametrize(("kind", "options"), FORMATS)
def test_every_format_tells_whose_it_is_and_under_which_licence(kind, options, tmp_path):
    [(name, content)] = packed(picture_of(kind, **options)).items()

    tags = told(content, tmp_path)

    expected = {
        "XMP-dc:Creator": ["Owen Strand"],
        "XMP-dc:Description": "The Margaret Lyle leaves Brackwater for the last time, eleven minutes late.",
        "XMP-dc:Rights": "© The Halyard",
        "XMP-photoshop:Credit": "Photo: Owen Strand / The Halyard",
        "XMP-photoshop:Source": "The Halyard",
        "XMP-photoshop:Instructions": "Print the credit. Use within licence K7M4-2QX3 only: https://halyard.example/licences/K7M4-2QX3/",
        "XMP-iptcCore:AltTextAccessibility": "A white ferry with a red funnel turning in a narrow harbour",
        "XMP-xmpRights:Marked": True,
        "XMP-xmpRights:WebStatement": "https://halyard.example/licences/K7M4-2QX3/",
        "XMP-plus:CopyrightOwner": [{"CopyrightOwnerName": "The Halyard"}],
        "XMP-plus:Licensor": [{"LicensorName": "The Halyard", "LicensorURL": "https://halyard.example/"}],
        "XMP-plus:Licensee": [{"LicenseeName": "Busan Maritime Review (부산해양평론)"}],
        "XMP-plus:LicenseID": "K7M4-2QX3",
        "XMP-plus:LicenseStartDate": "2026:03:02",
        "XMP-plus:LicenseEndDate": "2027:03:01",
        "XMP-plus:TermsAndConditionsURL": "https://halyard.example/republish/terms/3/",
        "XMP-plus:DataMining": "http://ns.useplus.org/ldf/vocab/DMI-PROHIBITED-AIMLTRAINING",
        "IFD0:Artist": "Owen Strand",
        "IFD0:Copyright": "© The Halyard",
        "IFD0:ImageDescription": "The Margaret Lyle leaves Brackwater for the last time, eleven minutes late.",
        "IFD0:Orientation": 1,
    }
    if name.endswith(".jpg"):
        expected |= {
            "IPTC:By-line": "Owen Strand",
            "IPTC:Credit": "Photo: Owen Strand / The Halyard",
            "IPTC:Source": "The Halyard",
            "IPTC:CopyrightNotice": "© The Halyard",
            "IPTC:Caption-Abstract": "The Margaret Lyle leaves Brackwater for the last time, eleven minutes late.",
        }
    assert {tag: tags.get(tag) for tag in expected} == expected
    assert "South Korea" in tags["XMP-xmpRights:UsageTerms"]
    assert content.count(b'<rdf:li xml:lang="x-default">') == 4


@pytest.mark.parametrize(
    ("kind", "mode", "options", "name"),
    [
        ("JPEG", "RGB", {"quality": 60}, "pictures/1.jpg"),
        ("JPEG", "RGB", {"progressive": True, "subsampling": 0}, "pictures/1.jpg"),
        ("JPEG", "RGB", {"restart_marker_blocks": 1}, "pictures/1.jpg"),
        ("JPEG", "L", {}, "pictures/1.jpg"),
        ("JPEG", "CMYK", {}, "pictures/1.jpg"),
        ("PNG", "RGBA", {}, "pictures/1.png"),
        ("PNG", "LA", {}, "pictures/1.png"),
        ("WEBP", "RGB", {"lossless": True}, "pictures/1.png"),
        ("WEBP", "RGBA", {"quality": 80, "exact": True}, "pictures/1.png"),
        ("TIFF", "RGB", {"compression": "tiff_lzw"}, "pictures/1.png"),
        ("TIFF", "L", {}, "pictures/1.png"),
    ],
)
def test_no_pixel_is_changed(kind, mode, options, name):
    original = picture_of(kind, mode, **options)

    files = packed(original)

    assert list(files) == [name]
    assert pixels(files[name]) == pixels(original)


def test_compressed_data_of_a_jpeg_stays_as_it_is():
    original = picture_of("JPEG", progressive=True)
    scans = original[original.index(b"\xff\xda") :]

    assert packed(original)["pictures/1.jpg"].endswith(scans)


def test_sixteen_bits_of_a_png_stay_sixteen(tmp_path):
    deep = Pillow.new("I;16", (64, 64))
    deep.putdata([(row * 64 + column) * 16 + 1 for row in range(64) for column in range(64)])
    file = BytesIO()
    deep.save(file, "PNG")

    content = packed(file.getvalue())["pictures/1.png"]

    assert told(content, tmp_path)["PNG:BitDepth"] == 16
    assert pixels(content) == pixels(file.getvalue())


@pytest.mark.parametrize(("kind", "mode"), [("WEBP", "RGB"), ("TIFF", "CMYK")])
def test_what_a_png_would_waste_or_cannot_hold_becomes_a_jpeg_of_high_quality(kind, mode):
    original = picture_of(kind, mode)

    content = packed(original)["pictures/1.jpg"]

    (packed_mode, size, ours), (_, _, theirs) = pixels(content), pixels(original)
    assert (packed_mode, size) == (mode, (240, 160))
    assert sum(abs(one - other) for one, other in zip(ours, theirs, strict=True)) / len(theirs) < 4


@pytest.mark.parametrize(("kind", "options"), FORMATS[:5])
@pytest.mark.parametrize("orientation", [1, 6])
def test_nothing_that_the_camera_wrote_survives_but_which_way_is_up(kind, options, orientation, tmp_path):
    original = picture_of(
        kind, exif=camera_exif(orientation), xmp=b"<x:xmpmeta xmlns:x='adobe:ns:meta/'>Secret</x:xmpmeta>", icc_profile=PROFILE, **options
    )
    assert b"SN-4711" in original

    [content] = packed(original).values()

    tags = told(content, tmp_path)
    assert not [tag for tag in tags if tag.startswith(("GPS", "ExifIFD", "IFD1")) or "Thumbnail" in tag]
    assert [secret for secret in SECRETS if secret.encode() in content] == []
    assert tags["IFD0:Orientation"] == orientation
    assert "ICC-header:ProfileClass" in tags
    with Pillow.open(BytesIO(content)) as picture:
        assert picture.info["icc_profile"] == PROFILE
        assert ImageOps.exif_transpose(picture).size == ((160, 240) if orientation == 6 else (240, 160))


def test_texts_and_chunks_of_a_png_are_left_out():
    texts = PngImagePlugin.PngInfo()
    texts.add_text("Author", "Secret author")
    texts.add_itxt("Comment", "Secret comment", zip=True)
    texts.add(b"prVt", b"Secret chunk")
    original = picture_of("PNG", pnginfo=texts)
    assert b"Secret chunk" in original

    content = packed(original)["pictures/1.png"]

    assert b"Secret" not in content
    with Pillow.open(BytesIO(content)) as picture:
        picture.load()
        assert set(picture.info) <= {"XML:com.adobe.xmp", "xmp", "exif"}


def test_comments_thumbnails_and_second_pictures_of_a_jpeg_are_left_out(tmp_path):
    first, second = (Pillow.open(BytesIO(picture_of())) for _ in range(2))
    file = BytesIO()
    first.save(file, "MPO", save_all=True, append_images=[second], comment="Secret comment")
    thumbnail = b"JFIF\x00\x01\x01\x00\x00\x01\x00\x01\x01\x01Sec"  # of one pixel
    jfif = b"\xff\xe0" + (len(thumbnail) + 2).to_bytes(2) + thumbnail
    original = file.getvalue()[:2] + jfif + file.getvalue()[2:] + b"Secret, behind the end"
    with Pillow.open(BytesIO(original)) as picture:
        assert (picture.format, picture.n_frames) == ("MPO", 2)

    content = packed(original)["pictures/1.jpg"]

    with Pillow.open(BytesIO(content)) as picture:
        assert picture.format == "JPEG"
    assert pixels(content) == pixels(original)
    assert b"Sec" not in content
    assert content.count(b"\xff\xd8\xff") == 1
    assert not [tag for tag in told(content, tmp_path) if tag.startswith("MPF")]


def test_colours_of_a_cmyk_jpeg_are_those_of_the_original(tmp_path):
    original = picture_of("JPEG", "CMYK", icc_profile=PROFILE)
    assert b"Adobe" in original

    content = packed(original)["pictures/1.jpg"]

    tags = told(content, tmp_path)
    assert tags["File:ColorComponents"] == 4
    assert "Adobe:ColorTransform" in tags
    assert "ICC-header:ProfileClass" in tags


def test_markup_and_control_characters_in_a_caption_are_text(tmp_path):
    text = '</rdf:li><script>&amp; ]]> "quoted"\x00\x0b\ufffe<?xpacket end="w"?> 강 مرحبا'

    [content] = packed(picture_of(), caption=text, alt_text=text, credit=text, holder=text).values()

    tags, kept = told(content, tmp_path), text.replace("\x00\x0b\ufffe", "")
    assert tags["XMP-dc:Description"] == kept
    assert tags["XMP-iptcCore:AltTextAccessibility"] == kept
    assert tags["XMP-plus:CopyrightOwner"] == [{"CopyrightOwnerName": kept}]
    assert tags["IPTC:Caption-Abstract"] == kept
    assert tags["IFD0:ImageDescription"] == kept


@pytest.mark.parametrize("letter", ["강", "ل", "&", "😀"])
def test_endless_texts_are_cut_between_characters_and_do_not_break_the_file(letter, tmp_path):
    text = letter * 60_000
    facts = make_facts(
        licensee=text, territory_words=text, source=text, pictures=(make_picture(1, caption=text, alt_text=text, credit=text, holder=text),)
    )
    original = picture_of()

    [content] = packed(original, facts).values()

    tags = told(content, tmp_path)
    assert pixels(content) == pixels(original)
    for tag in ("XMP-dc:Description", "XMP-xmpRights:UsageTerms", "IPTC:Caption-Abstract", "IPTC:Credit", "IFD0:Artist", "IFD0:ImageDescription"):
        assert len(tags[tag]) >= 8, tag
        assert "\ufffd" not in tags[tag], tag
    assert len(tags["IPTC:Credit"].encode()) <= 32
    assert len(tags["IPTC:Caption-Abstract"].encode()) <= 2000
    assert tags["XMP-xmpRights:WebStatement"] == facts.url


@pytest.mark.parametrize("name", ["강서연" * 100, "ليلى حداد " * 30])
def test_long_names_and_captions_are_whole_in_xmp(name, tmp_path):
    [content] = packed(picture_of(), credit=f"Photo: {name}", caption="강" * 2000).values()

    tags = told(content, tmp_path)
    assert tags["XMP-dc:Creator"] == [name.strip()]
    assert len(tags["XMP-dc:Description"]) == 2000
    assert name.startswith(tags["IPTC:By-line"])


@pytest.mark.parametrize("caption", ["Late", "Later"])
def test_block_that_iptc_stands_in_is_of_an_even_length_as_photoshop_wants_it(caption):
    [content] = packed(picture_of(), caption=caption).values()

    start = content.index(b"Photoshop 3.0")
    assert int.from_bytes(content[start - 2 : start]) % 2 == 0


@pytest.mark.parametrize(
    ("credit", "holder", "creator"),
    [
        ("Photo: Owen Strand / The Halyard", "", ["Owen Strand"]),
        ("Photographs by Owen Strand", "", ["Owen Strand"]),
        ("Illustration: Jun-ho Bae", "", ["Jun-ho Bae"]),
        ("Photon Agency", "", ["Photon Agency"]),
        ("", "Port Merrow Museum", ["Port Merrow Museum"]),
        ("", "", None),
    ],
)
def test_creator_is_the_name_in_the_credit(credit, holder, creator, tmp_path):
    [content] = packed(picture_of(), credit=credit, holder=holder).values()

    assert told(content, tmp_path).get("XMP-dc:Creator") == creator


def test_licence_without_end_states_none(tmp_path):
    [content] = packed(picture_of(), make_facts(ends_on=None, pictures=(make_picture(1),))).values()

    assert "XMP-plus:LicenseEndDate" not in told(content, tmp_path)


@pytest.mark.filterwarnings("ignore:Corrupt EXIF data")
@pytest.mark.parametrize(("kind", "options"), FORMATS)
def test_original_that_is_cut_off_is_refused_by_its_name(kind, options):
    original = picture_of(kind, **options)

    for part in (0, 10, len(original) // 2):
        with pytest.raises(package.DamagedPicture, match=r"Picture 1 \(pict0r1\) is damaged or missing"):
            packed(original[:part])


def test_file_of_another_kind_is_refused():
    with pytest.raises(package.DamagedPicture):
        packed(picture_of("GIF", "L"))


def test_orientation_that_does_not_exist_is_taken_for_upright(tmp_path):
    [content] = packed(picture_of("JPEG", exif=camera_exif(77))).values()

    assert told(content, tmp_path)["IFD0:Orientation"] == 1
