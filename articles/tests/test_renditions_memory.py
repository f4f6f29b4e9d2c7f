"""Hostile and odd pictures: the largest that are taken stay under 512 MB and a minute, measured in a process of their own; others are refused."""

import json
import subprocess
import sys
from io import BytesIO
from pathlib import Path

import pytest
from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.files.base import ContentFile
from PIL import Image as Pillow
from PIL import PngImagePlugin

from articles import renditions

MOST_MEMORY = 512 * 1024  # KiB
MOST_SECONDS = 60
CHILD = """
import json, resource, sys, time
from pathlib import Path
import django
django.setup()
from django.conf import settings
from django.core.files import File
from articles import renditions
settings.MEDIA_ROOT = Path(sys.argv[2])
began, before = time.monotonic(), resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
with open(sys.argv[1], "rb") as file:
    renditions.check(File(file))
    checked = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    with renditions.alone("hostile"):
        size = renditions.make(file, "hostile", (0.5, 0.5), renditions.rights.read(file))
peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
print(json.dumps({"size": size, "before": before, "checked": checked, "peak": peak, "seconds": time.monotonic() - began}))
"""


def measured(path: Path, media: Path) -> dict:
    """Check a picture and make its copies in a process of its own; return its size, its peak memory in KiB and the seconds that it took."""
    environment = {"DJANGO_SETTINGS_MODULE": "newsroom.settings", "VAR_DIR": str(settings.VAR_DIR), "PATH": "/usr/bin:/bin"}
    fresh = ["sh", "-c", '"$@"; exit $?', "sh"]  # a child of the shell's: Linux counts what its parent once held as its own
    command = [*fresh, sys.executable, "-W", "ignore", "-c", CHILD, str(path), str(media)]
    done = subprocess.run(command, cwd=settings.BASE_DIR, env=environment, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr[-2000:]
    return json.loads(done.stdout)


def pattern(mode: str, width: int, height: int) -> Pillow.Image:
    """Return a picture that is not all one colour, of any size, in little time."""
    tile = Pillow.radial_gradient("L").resize((512, 512))
    tile = {"RGB": lambda: Pillow.merge("RGB", (tile, tile.rotate(90), tile.rotate(45)))}.get(mode, lambda: tile)()
    tile = Pillow.merge("RGBA", (*(tile,) * 3, tile)) if mode == "RGBA" else tile.convert(mode)
    whole = Pillow.new(mode, (width, height))
    for left in range(0, width, 512):
        for top in range(0, height, 512):
            whole.paste(tile, (left, top))
    return whole


# The worst of each kind that is taken: name, mode, size, how it is saved.
WORST = {
    "150 MP JPEG": ("RGB", (15_000, 10_000), {"format": "JPEG", "quality": 40}),
    "150 MP JPEG, 20 to 1": ("RGB", (54_700, 2_740), {"format": "JPEG", "quality": 40}),
    "64 MP JPEG, narrow": ("RGB", (2_000, 32_000), {"format": "JPEG", "quality": 40}),
    "100 MP grey JPEG": ("L", (10_000, 10_000), {"format": "JPEG", "quality": 40}),
    "36 MP progressive JPEG, 4:4:4": ("RGB", (7_300, 4_900), {"format": "JPEG", "quality": 40, "progressive": True, "subsampling": 0}),
    "64 MP progressive JPEG, 4:2:0": ("RGB", (9_800, 6_530), {"format": "JPEG", "quality": 40, "progressive": True}),
    "64 MP CMYK JPEG": ("CMYK", (9_850, 6_560), {"format": "JPEG", "quality": 40}),
    "64 MP PNG, transparent": ("RGBA", (9_850, 6_560), {"format": "PNG", "compress_level": 1}),
    "64 MP PNG, 20 to 1": ("RGBA", (35_900, 1_800), {"format": "PNG", "compress_level": 1}),
    "64 MP PNG, palette": ("P", (9_850, 6_560), {"format": "PNG", "compress_level": 1, "transparency": 3}),
    "64 MP PNG, 16-bit grey": ("I;16", (9_850, 6_560), {"format": "PNG", "compress_level": 1}),
    "16 MP WebP": ("RGB", (4_900, 3_300), {"format": "WEBP", "quality": 40, "method": 0}),
    "16 MP WebP, transparent": ("RGBA", (4_900, 3_300), {"format": "WEBP", "quality": 40, "method": 0}),
    "37 MP TIFF in one strip": ("RGB", (7_400, 5_000), {"format": "TIFF", "compression": "tiff_adobe_deflate", "tiffinfo": {278: 5_000}}),
    "64 MP TIFF": ("RGB", (9_700, 6_500), {"format": "TIFF", "compression": "tiff_adobe_deflate", "tiffinfo": {278: 16}}),
}


@pytest.mark.slow
@pytest.mark.filterwarnings("ignore::PIL.Image.DecompressionBombWarning")
@pytest.mark.parametrize("name", WORST)
def test_largest_pictures_of_each_kind_stay_under_512_megabytes(name, tmp_path):
    mode, size, how = WORST[name]
    path = tmp_path / "picture"
    if mode == "I;16":
        Pillow.frombytes("I;16", size, bytes(range(256)) * (2 * size[0] * size[1] // 256 + 1)).save(path, **how)
    else:
        pattern(mode, *size).save(path, **how)

    figures = measured(path, tmp_path / "media")

    print(name, path.stat().st_size, figures)  # noqa: T201
    assert figures["size"] == list(size)
    assert figures["peak"] < MOST_MEMORY
    assert figures["seconds"] < MOST_SECONDS


@pytest.mark.slow
def test_picture_of_a_large_camera_stays_far_under_512_megabytes(tmp_path):
    path = tmp_path / "picture.jpg"
    pattern("RGB", 6_000, 4_000).save(path, quality=90)

    figures = measured(path, tmp_path / "media")

    assert (figures["size"], figures["peak"] < MOST_MEMORY / 2, figures["seconds"] < MOST_SECONDS) == ([6_000, 4_000], True, True)


def header(mode: str, size: tuple[int, int], **how) -> ContentFile:
    """Return a picture of that size, all one colour, as a form gives it."""
    file = BytesIO()
    Pillow.new(mode, size).save(file, **how)
    return ContentFile(file.getvalue(), "picture")


@pytest.mark.filterwarnings("ignore::PIL.Image.DecompressionBombWarning")
@pytest.mark.parametrize(
    ("mode", "size", "how"),
    [
        ("L", (10_000, 10_000), {"format": "PNG", "compress_level": 1}),
        ("RGB", (7_500, 5_000), {"format": "JPEG", "progressive": True, "subsampling": 0}),
        ("RGB", (5_200, 3_300), {"format": "WEBP", "method": 0}),
        ("RGB", (8_000, 5_000), {"format": "TIFF", "compression": "tiff_adobe_deflate", "tiffinfo": {278: 5_000}}),
    ],
    ids=["100 MP PNG", "37 MP progressive JPEG", "17 MP WebP", "40 MP TIFF in one strip"],
)
def test_picture_that_would_fill_the_memory_is_refused_in_words_that_help(mode, size, how):
    with pytest.raises(ValidationError) as refused:
        renditions.check(header(mode, size, **how))

    assert refused.value.messages == [
        f"This picture of {size[0]} by {size[1]} pixels is too large for its kind of file. "
        "Save it as a JPEG that is not progressive, or smaller, and choose it again."
    ]


@pytest.mark.slow
def test_packet_of_names_within_names_takes_little_memory(tmp_path):
    path, names = tmp_path / "picture.png", "<creator>\u01011" * 250 + "</creator>" * 250
    packet = PngImagePlugin.PngInfo()
    packet.add_itxt("XML:com.adobe.xmp", f'<a xmlns="http://purl.org/dc/elements/1.1/">{names * (990_000 // len(names.encode()))}</a>', zip=True)
    pattern("RGB", 400, 300).save(path, pnginfo=packet)

    figures = measured(path, tmp_path / "media")

    assert figures["peak"] < MOST_MEMORY / 2


@pytest.mark.parametrize(("scans", "is_taken"), [(60, True), (70, False)])
def test_jpeg_that_is_built_up_in_more_steps_than_any_camera_makes_is_refused(scans, is_taken):
    file = BytesIO()
    Pillow.new("L", (400, 400), 128).save(file, "JPEG", progressive=True)
    whole = file.getvalue()
    last = whole.rindex(b"\xff\xda")
    content = ContentFile(whole[:last] + whole[last:-2] * (scans - whole.count(b"\xff\xda") + 1) + whole[-2:], "picture.jpg")

    if is_taken:
        assert renditions.check(content) == ".jpg"
    else:
        with pytest.raises(ValidationError, match="built up in more steps than any camera makes"):
            renditions.check(content)


def in_three_scans(content: bytes) -> bytes:
    """Return a plain JPEG as if its colours came one after the other: a decoder has to keep all of them until the last."""
    at = content.index(b"\xff\xda")
    return content[:at] + b"\xff\xda\x00\x08\x01\x01\x00\x00\x3f\x00" + content[at + 14 :]


@pytest.mark.filterwarnings("ignore::PIL.Image.DecompressionBombWarning")
def test_plain_jpeg_is_counted_as_progressive_where_its_colours_come_one_by_one():
    file = BytesIO()
    pattern("RGB", 8_000, 8_000).save(file, "JPEG", quality=5, subsampling=0)

    renditions.check(ContentFile(file.getvalue(), "picture"))
    with pytest.raises(ValidationError, match="too large for its kind of file"):
        renditions.check(ContentFile(in_three_scans(file.getvalue()), "picture"))
