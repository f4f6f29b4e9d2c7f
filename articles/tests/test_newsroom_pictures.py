"""Pictures in the newsroom: what may be uploaded, what becomes of it, and their places in a story."""

import struct
import zlib
from io import BytesIO

import pytest
from django.conf import settings
from django.core.files.uploadedfile import SimpleUploadedFile
from PIL import Image as Pillow
from PIL import ImageCms

from articles import renditions
from articles.admin.rows import FiguresField
from articles.models import Image
from articles.tests.build import make_article, make_figure, make_image, picture_bytes
from articles.tests.newsroom import EDITOR, complaints, rows, save, sign_in

pytestmark = pytest.mark.django_db
SVG = b'<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>'
SRGB = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
ROW = {"alt_text": "The ferry", "syndication": "ON_REQUEST", "focal_x": "0.5", "focal_y": "0.5"}
MAKE, ORIENTATION, GPS, LATITUDE = 0x010F, 0x0112, 0x8825, 2


@pytest.fixture
def editor():
    return sign_in("editor", *EDITOR, *(f"articles.{what}_image" for what in ("add", "change", "view")))


def upload(client, content: bytes, name="ferry.jpg", **facts):
    """Upload a picture, and make its renditions as the worker would."""
    response = client.post("/admin/articles/image/add/", ROW | facts | {"file": SimpleUploadedFile(name, content)})
    for image in Image.objects.all():
        image.make_renditions()
    return response


def saved(picture: Pillow.Image, kind: str, **options) -> bytes:
    file = BytesIO()
    picture.save(file, kind, **options)
    return file.getvalue()


def deep_png(colour: tuple[int, int, int], clear: tuple[int, int, int] | None = None) -> bytes:
    """Return a PNG of 600 x 400 pixels with 16 bits a colour, which Pillow can read but not write."""
    chunks = [(b"IHDR", struct.pack(">IIBBBBB", 600, 400, 16, 2, 0, 0, 0))]
    chunks += [(b"tRNS", struct.pack(">HHH", *clear))] if clear else []
    chunks += [(b"IDAT", zlib.compress((b"\0" + struct.pack(">HHH", *colour) * 600) * 400)), (b"IEND", b"")]
    return b"\x89PNG\r\n\x1a\n" + b"".join(
        struct.pack(">I", len(body)) + name + body + struct.pack(">I", zlib.crc32(name + body)) for name, body in chunks
    )


def swapped_profile() -> bytes:
    """Return sRGB's profile with the places of red and green changed: whoever ignores it shows green as red."""
    profile = bytearray(SRGB)
    tags = {bytes(profile[at : at + 4]): at + 4 for at in range(132, 132 + 12 * int.from_bytes(profile[128:132]), 12)}
    red, green = tags[b"rXYZ"], tags[b"gXYZ"]
    profile[red : red + 8], profile[green : green + 8] = profile[green : green + 8], profile[red : red + 8]
    return bytes(profile)


SWAPPED = swapped_profile()
BIG_ENDIAN = saved(Pillow.frombytes("I;16B", (600, 400), b"\x80\x00" * 600 * 400), "TIFF")


# A grey TIFF whose greys have been multiplied by their alpha, as its tag 338 says: 1 in place of 2.
MULTIPLIED = saved(Pillow.new("LA", (600, 400), (40, 255)), "TIFF").replace(
    b"\x52\x01\x03\x00\x01\x00\x00\x00\x02", b"\x52\x01\x03\x00\x01\x00\x00\x00\x01"
)


def camera_data(**facts) -> Pillow.Exif:
    exif = Pillow.Exif()
    exif[MAKE] = "Lumen & Sons"
    exif[ORIENTATION] = facts.get("orientation", 1)
    exif.get_ifd(GPS)[LATITUDE] = (51.0, 30.0, 12.0)
    return exif


def rendition(image: Image, width=480) -> Pillow.Image:
    with Pillow.open(renditions.path(image.short_id, f"{width}.jpg")) as picture:
        picture.load()
        return picture


@pytest.mark.parametrize(
    ("name", "content", "suffix"),
    [
        ("ferry.jpg", picture_bytes(), ".jpg"),
        ("FERRY.JPEG", picture_bytes(), ".jpg"),
        ("ferry.png", picture_bytes(kind="PNG"), ".png"),
        ("ferry.webp", picture_bytes(kind="WEBP"), ".webp"),
        ("ferry.tiff", picture_bytes(kind="TIFF"), ".tif"),
        ("ferry.png", picture_bytes(kind="JPEG"), ".jpg"),
        ("паром 1.jpg", picture_bytes(), ".jpg"),
        ("../../ferry.jpg", picture_bytes(), ".jpg"),
        ("ferry.jpg", saved(Pillow.new("RGB", (1200, 800)), "MPO", save_all=True, append_images=[Pillow.new("RGB", (60, 40))]), ".jpg"),
    ],
)
def test_picture_is_kept_by_its_content_and_offered_in_widths(editor, name, content, suffix):
    response = upload(editor, content, name)

    assert complaints(response) == []
    image = Image.objects.get()
    assert (image.file.name, image.width, image.height) == (f"originals/{image.short_id}{suffix}", 1200, 800)
    assert [rendition(image, width).size for width in image.widths] == [(480, 320), (960, 640)]


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("ferry.svg", SVG),
        ("ferry.jpg", SVG),
        ("ferry.jpg", b"The ferry was late again."),
        ("ferry.jpg", b""),
        ("ferry.jpg", picture_bytes()[:2000]),
        ("ferry.png", picture_bytes(kind="PNG")[:-200]),
        ("ferry.gif", picture_bytes(kind="GIF")),
        ("ferry.bmp", picture_bytes(kind="BMP")),
        ("ferry.jpg", picture_bytes(kind="GIF")),
        ("ferry.pdf", picture_bytes(kind="PDF")),
        ("ferry.html", picture_bytes(width=10, height=10)),
        ("ferry.png", picture_bytes(8100, 8100, kind="PNG")),
        ("ferry.png", saved(Pillow.new("RGB", (60, 40)), "PNG", save_all=True, append_images=[Pillow.new("RGB", (60, 40), "teal")])),
        ("ferry.webp", saved(Pillow.new("RGB", (60, 40)), "WEBP", save_all=True, append_images=[Pillow.new("RGB", (60, 40), "teal")])),
        ("ferry.tif", saved(Pillow.new("F", (60, 40)), "TIFF")),
        ("ferry.png", picture_bytes(2000, 1, kind="PNG")),
        ("ferry.png", picture_bytes(60_000, 1, kind="PNG")),
        ("ferry.png", picture_bytes(1, 70_000, kind="PNG")),
        ("ferry.png", picture_bytes(15, 15, kind="PNG")),
        ("ferry.png", picture_bytes(16, 321, kind="PNG")),
    ],
)
def test_what_is_no_usable_picture_is_refused_in_words(editor, name, content):
    response = upload(editor, content, name)

    assert len(complaints(response)) == 1
    assert complaints(response)[0].endswith(".")
    assert not Image.objects.exists()
    assert not (settings.MEDIA_ROOT / "originals").exists()


@pytest.mark.parametrize(
    ("content", "expected"),
    [
        (saved(Pillow.new("RGB", (600, 400), "teal"), "JPEG"), (0, 128, 128)),
        (saved(Pillow.new("CMYK", (600, 400), (255, 0, 0, 0)), "JPEG"), (0, 255, 255)),
        (saved(Pillow.new("I;16", (600, 400), 65535), "PNG"), (255, 255, 255)),
        (saved(Pillow.new("I;16", (600, 400), 32768), "TIFF"), (128, 128, 128)),
        (BIG_ENDIAN, (128, 128, 128)),
        (saved(Pillow.new("I;16", (600, 400), 32768), "PNG", transparency=500), (128, 128, 128)),
        (saved(Pillow.new("I;16", (600, 400), 500), "PNG", transparency=500), (255, 255, 255)),
        (deep_png((65535, 300, 32768)), (255, 1, 128)),
        (deep_png((65535, 300, 32768), clear=(65535, 300, 32768)), (255, 255, 255)),
        (saved(Pillow.new("RGBA", (600, 400), (255, 0, 0, 0)), "PNG"), (255, 255, 255)),
        (saved(Pillow.new("RGBA", (600, 400), (255, 0, 0, 255)), "PNG", icc_profile=SWAPPED), (0, 255, 0)),
        (saved(Pillow.new("LA", (600, 400), (0, 255)), "PNG"), (0, 0, 0)),
        (MULTIPLIED, (40, 40, 40)),
        (saved(Pillow.new("P", (600, 400)), "PNG", transparency=0), (255, 255, 255)),
        (saved(Pillow.new("1", (600, 400), 1), "PNG"), (255, 255, 255)),
        (saved(Pillow.new("LAB", (600, 400), (255, 128, 128)), "TIFF"), (255, 255, 255)),
        (saved(Pillow.new("RGB", (600, 400), "teal"), "JPEG", icc_profile=b"no profile"), (0, 128, 128)),
        (saved(Pillow.new("RGB", (600, 400), "teal"), "JPEG", icc_profile=SRGB), (0, 128, 128)),
        (saved(Pillow.new("RGB", (600, 400), (200, 30, 30)), "JPEG", icc_profile=SWAPPED), (30, 200, 30)),
    ],
    ids=[
        "RGB",
        "CMYK",
        "16 bits PNG",
        "16 bits TIFF",
        "big-endian TIFF",
        "16 bits with a clear grey",
        "16 bits, all of it clear",
        "16 bits RGB",
        "16 bits RGB, all of it clear",
        "transparent",
        "transparent with a profile",
        "grey with alpha",
        "grey multiplied by its alpha",
        "palette",
        "one bit",
        "LAB",
        "broken profile",
        "profile",
        "profile of other colours",
    ],
)
def test_picture_of_any_kind_becomes_plain_colour(editor, content, expected):
    response = upload(editor, content, "ferry.png")

    assert complaints(response) == []
    picture = rendition(Image.objects.get())
    assert (picture.mode, picture.size) == ("RGB", (480, 320))
    assert all(abs(seen - wanted) <= 6 for seen, wanted in zip(picture.getpixel((240, 160)), expected, strict=True))


def test_camera_data_stays_with_the_original(editor):
    upload(editor, picture_bytes(exif=camera_data()))

    image = Image.objects.get()
    with Pillow.open(image.file) as original:
        assert dict(original.getexif().get_ifd(GPS)) != {}
    image.file.close()
    for copy in image.copies:
        file = renditions.path(image.short_id, copy.name)
        with Pillow.open(file) as picture:
            assert dict(picture.getexif()) == {}
        assert b"Lumen" not in file.read_bytes()


@pytest.mark.parametrize(("orientation", "size"), [(1, (1200, 800)), (3, (1200, 800)), (6, (800, 1200)), (8, (800, 1200))])
def test_picture_taken_sideways_stands_upright(editor, orientation, size):
    upload(editor, picture_bytes(exif=camera_data(orientation=orientation)))

    image = Image.objects.get()
    assert (image.width, image.height) == size
    assert rendition(image).size == (480, round(480 * size[1] / size[0]))


@pytest.mark.parametrize("size", [(16, 16), (16, 320), (320, 16)])
def test_smallest_and_narrowest_pictures_are_taken(editor, size):
    response = upload(editor, picture_bytes(*size))

    assert complaints(response) == []
    assert rendition(Image.objects.get()).size == size


def test_small_picture_is_not_blown_up(editor):
    upload(editor, picture_bytes(200, 100))

    assert rendition(Image.objects.get()).size == (200, 100)


def test_picture_without_a_description_is_refused(editor):
    row = {"file": SimpleUploadedFile("ferry.jpg", picture_bytes()), "syndication": "ON_REQUEST", "focal_x": "2", "focal_y": "0.5"}

    response = editor.post("/admin/articles/image/add/", row)

    assert complaints(response) == ["This field is required.", "Ensure this value is less than or equal to 1."]


# --- In a story


def three_pictures():
    article = make_article()
    for number in (1, 2, 3):
        make_figure(article, f"Picture {number}", image=make_image() if number == 1 else None, is_lead=number == 1)
    return article


def order(article):
    return list(article.figures.values_list("position", "caption", "is_lead"))


def changed(article, **changes) -> list[dict]:
    """Return the rows of the form with one of them changed: _1="…" changes the first."""
    found = FiguresField.of(article)
    for number, change in changes.items():
        found[int(number[1:]) - 1] |= change
    return found


def test_two_pictures_change_places(editor):
    article = three_pictures()

    response = save(editor, article, **rows("figures", changed(article, _1={"position": "2"}, _2={"position": "1"})))

    assert complaints(response) == []
    assert order(article) == [(1, "Picture 2", False), (2, "Picture 1", True), (3, "Picture 3", False)]


@pytest.mark.parametrize("lead", ["1", "2", ""])
def test_another_picture_becomes_the_lead_or_none(editor, lead):
    article = three_pictures()

    response = save(editor, article, figures_lead=lead)

    assert complaints(response) == []
    assert [is_lead for _, _, is_lead in order(article)] == [lead == "1", lead == "2", False]


@pytest.mark.parametrize(
    ("change", "complaint"),
    [
        ({"position": "1"}, "Two pictures have the same number."),
        ({"image": "999999"}, "One of the pictures is no longer in the library."),
        ({"caption": "x" * 1001}, "Picture 2: Ensure this value has at most 1000 characters (it has 1001)."),
    ],
)
def test_pictures_that_cannot_be_are_refused_in_words(editor, change, complaint):
    article = three_pictures()
    before = order(article)

    response = save(editor, article, **rows("figures", changed(article, _2=change)))

    assert complaints(response) == [complaint]
    assert order(article) == before


@pytest.mark.parametrize("number", ["", "-1", "99999", "abc", "٣"])
def test_number_that_is_none_is_given_anew(editor, number):
    article = three_pictures()

    response = save(editor, article, **rows("figures", changed(article, _1={"position": number})))

    assert complaints(response) == []
    assert [caption for _, caption, _ in order(article)] == ["Picture 2", "Picture 3", "Picture 1"]


def test_row_that_was_emptied_is_no_picture_any_more(editor):
    article = three_pictures()

    response = save(editor, article, **rows("figures", changed(article, _2={"caption": " "})))

    assert complaints(response) == []
    assert order(article) == [(1, "Picture 1", True), (3, "Picture 3", False)]


def test_form_shows_the_pictures_small(editor):
    article = three_pictures()
    image = Image.objects.get()

    page = editor.get(f"/admin/articles/article/{article.pk}/change/").text

    assert f'<img src="/admin/articles/image/{image.short_id}/480.jpg"' in page
