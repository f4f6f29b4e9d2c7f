"""Opening what is uploaded: what can be used, and how it becomes plain colour without filling the memory."""

import struct
from io import BytesIO
from typing import IO

from django.core.exceptions import ValidationError
from PIL import Image as Pillow
from PIL import ImageCms, ImageMath, UnidentifiedImageError
from PIL.ExifTags import Base

FORMATS = ("JPEG", "PNG", "WEBP", "TIFF")
SUFFIXES = {"JPEG": ".jpg", "MPO": ".jpg", "PNG": ".png", "WEBP": ".webp", "TIFF": ".tif"}  # MPO is a JPEG with more pictures behind the first
MOST_BYTES = 40_000_000
MOST_PIXELS = 150_000_000
MOST_SCANS = 64  # of a JPEG; a progressive one has about ten, and each takes as long as the whole picture
MOST_UNPACKED = 260_000_000  # bytes that one picture may fill while it is unpacked; a process that does it stays under 512 MB
SHORTEST_SIDE = 16  # pixels
MOST_TIMES = 20  # one side to the other
ENOUGH, ENOUGH_PIXELS = (2400, 1800), 24_000_000  # half as much again as the largest copies need, and where that would be too much
STRIP = 1_000_000  # pixels
ORIENTATION = Base.Orientation
TURNS = {
    2: Pillow.Transpose.FLIP_LEFT_RIGHT, 3: Pillow.Transpose.ROTATE_180, 4: Pillow.Transpose.FLIP_TOP_BOTTOM, 5: Pillow.Transpose.TRANSPOSE,
    6: Pillow.Transpose.ROTATE_270, 7: Pillow.Transpose.TRANSVERSE, 8: Pillow.Transpose.ROTATE_90,
}  # fmt: skip
DAMAGE = (OSError, SyntaxError, ValueError, TypeError, ArithmeticError, LookupError, struct.error, Pillow.DecompressionBombError)  # seen from Pillow
Pillow.MAX_IMAGE_PIXELS = MOST_PIXELS  # Pillow warns above it; twice as many it does not open


class Unreadable(Exception):
    """An original that is not what was accepted: damaged, or of a kind that has been refused since."""


def check(upload: IO[bytes]) -> str:
    """Return the suffix that the file's content calls for; raise ValidationError, in words, for one that cannot be used."""
    if upload.size > MOST_BYTES:
        raise ValidationError("This file is larger than 40 MB. Save it smaller and choose it again.")
    try:
        with Pillow.open(upload, formats=FORMATS) as picture:
            _check_header(picture)
            _draft(picture)
            picture.load()
            return SUFFIXES[picture.format]
    except ValidationError:
        raise
    except (UnidentifiedImageError, Pillow.DecompressionBombError):
        raise ValidationError("This is not a picture that can be used. Choose a JPEG, PNG, WebP or TIFF file.") from None
    except DAMAGE:
        raise ValidationError("This picture is damaged and cannot be opened. Save it again and choose the new file.") from None
    finally:
        upload.seek(0)


def _check_header(picture: Pillow.Image) -> None:
    if picture.width * picture.height > MOST_PIXELS:
        raise ValidationError("This picture has more than 150 million pixels. Save it smaller and choose it again.")
    if min(picture.size) < SHORTEST_SIDE or max(picture.size) > MOST_TIMES * min(picture.size):
        raise ValidationError("This picture is too narrow: no side may be under 16 pixels, or more than 20 times as long as the other.")
    if picture.format in {"PNG", "WEBP"} and getattr(picture, "is_animated", False):
        raise ValidationError("This picture moves, and the archive shows still ones. Save the frame that you want and choose it again.")
    if picture.mode in {"I", "F"}:
        raise ValidationError("This picture keeps its greys as a measuring instrument does. Save it with 8 or 16 bits a colour and choose it again.")
    if picture.format in {"JPEG", "MPO"} and _scans(picture.fp) > MOST_SCANS:
        raise ValidationError(
            "This picture is built up in more steps than any camera makes. Save it as a JPEG that is not progressive and choose it again."
        )
    if _bytes_unpacked(picture) > MOST_UNPACKED:
        raise ValidationError(
            f"This picture of {picture.width} by {picture.height} pixels is too large for its kind of file. "
            "Save it as a JPEG that is not progressive, or smaller, and choose it again."
        )


def _bytes_unpacked(picture: Pillow.Image) -> int:
    """Return about how much memory Pillow and the library below it fill while they unpack a picture (measured, see the tests)."""
    pixels = picture.width * picture.height
    if picture.format in {"JPEG", "MPO"}:
        return _bytes_of_coefficients(picture) + 4 * pixels // _draft_scale(picture) ** 2
    if picture.format == "WEBP":
        return 16 * pixels  # its decoder has two canvases and a copy
    if picture.format == "TIFF":
        return 4 * pixels + _bytes_of_strip(picture)
    return 4 * pixels


def _bytes_of_coefficients(picture: Pillow.Image) -> int:
    """Return what a JPEG's decoder keeps beside the picture: nothing, or, of one in several scans, two bytes for each value of each colour."""
    if _has_one_scan(picture.fp):
        return 0
    widest, tallest = (max(layer[side] for layer in picture.layer) for side in (1, 2))
    return sum(2 * picture.width * picture.height * across * down // (widest * tallest) for _, across, down, _ in picture.layer)


def _has_one_scan(file: IO[bytes]) -> bool:
    """Tell whether a JPEG can be unpacked row by row: plain, and all of its colours in the first scan. Where this is in doubt it is False."""
    before, colours = file.tell(), 0
    try:
        file.seek(2)
        while (head := file.read(4))[:1] == b"\xff" and len(head) == 4:
            marker, length = head[1], int.from_bytes(head[2:])
            if marker == 0xDA:
                return file.read(1) == bytes([colours])
            body = file.read(length - 2)
            if marker in {0xC0, 0xC1}:
                colours = body[5]
        return False
    except (IndexError, ValueError):
        return False
    finally:
        file.seek(before)


def _scans(file: IO[bytes]) -> int:
    """Return how many scans a JPEG has at most: in what they hold, the mark of one does not occur."""
    before, found, last = file.tell(), 0, b""
    file.seek(0)
    while piece := file.read(STRIP):
        found += (last + piece).count(b"\xff\xda")
        last = piece[-1:]
    file.seek(before)
    return found


def _bytes_of_strip(picture: Pillow.Image) -> int:
    """Return the size of what a TIFF unpacks at once: a strip, or a tile; many have a single strip."""
    tags = picture.tag_v2
    rows = min(tags.get(278) or picture.height, picture.height)
    pixels = tags.get(322, 0) * tags.get(323, 0) or picture.width * rows
    return pixels * sum(tags.get(258, (1,))) // 8


def upright_size(original: IO[bytes]) -> tuple[int, int]:
    """Return the width and height, in pixels, that the picture has upright, from its header alone."""
    with Pillow.open(original, formats=FORMATS) as picture:
        is_turned = picture.format != "TIFF" and _orientation(picture) in {5, 6, 7, 8}  # of a TIFF Pillow gives the upright size itself
        return picture.size[::-1] if is_turned else picture.size


def plain(original: IO[bytes]) -> Pillow.Image:
    """Return the picture upright, in sRGB, on white where it was transparent, and smaller where it is larger than any copy needs.

    Raise Unreadable where the file is damaged.
    """
    try:
        picture, profile, orientation = _unpacked(original)
    except DAMAGE as damage:
        raise Unreadable(str(damage)) from damage
    picture = _to_srgb(picture, profile)
    return picture.transpose(TURNS[orientation]) if orientation in TURNS else picture


def _unpacked(original: IO[bytes]) -> tuple[Pillow.Image, bytes | None, int]:
    """Return the picture, small enough and of a mode that a profile describes, with its profile and its orientation."""
    with Pillow.open(original, formats=FORMATS) as opened:
        _draft(opened)
        opened.load()
        factor = _scale(*opened.size)
        whole, shrunk = opened.size, None
        rows = max(1, STRIP // (whole[0] * factor)) * factor
        for top in range(0, whole[1], rows):  # by strips, so that no second picture of full size is needed
            strip = _paper(opened.crop((0, top, whole[0], min(top + rows, whole[1])))).reduce(factor)
            shrunk = shrunk or Pillow.new(strip.mode, tuple(-(-side // factor) for side in whole))
            shrunk.paste(strip, (0, top // factor))
        return shrunk, opened.info.get("icc_profile"), _orientation(opened)


def _draft(picture: Pillow.Image) -> None:
    """Have a JPEG unpacked at a half, a quarter or an eighth of its size, where that is enough."""
    scale = _draft_scale(picture)
    picture.draft(None, (picture.width // scale, picture.height // scale))


def _draft_scale(picture: Pillow.Image) -> int:
    return max(scale for scale in (1, 2, 4, 8) if scale <= _scale(*picture.size))


def _scale(width: int, height: int) -> int:
    """Return how many times a picture may be reduced for its copies."""
    scale = max(1, min(width // ENOUGH[0], height // ENOUGH[1]))
    while width * height > ENOUGH_PIXELS * scale**2:
        scale += 1
    return scale


def _orientation(picture: Pillow.Image) -> int:
    try:
        return picture.getexif().get(ORIENTATION, 1)
    except DAMAGE:
        return 1


def _paper(strip: Pillow.Image) -> Pillow.Image:
    """Return a strip in RGB, CMYK or grey, 8 bits a colour, on white where it was transparent."""
    if strip.mode == "La":  # which Pillow makes nothing else of
        strip = strip.convert("LA")
    clear = strip.info.get("transparency")
    if strip.mode.startswith("I;16"):
        return _eight_bits(strip.convert("I"), clear)
    if strip.has_transparency_data:
        if isinstance(clear, tuple) and max(clear) > 255:
            strip.info["transparency"] = tuple(value >> 8 for value in clear)  # of 16 bits, where Pillow keeps 8 of the pixels
        paper = Pillow.new("RGBA", strip.size, "white")
        return Pillow.alpha_composite(paper, strip.convert("RGBA")).convert("L" if strip.mode in {"L", "LA"} else "RGB")
    if strip.mode in {"RGB", "CMYK", "L"}:
        return strip
    return strip.convert("L" if strip.mode == "1" else "RGB")


def _eight_bits(grey: Pillow.Image, clear: int | None) -> Pillow.Image:
    """Return 16-bit greys (mode I: only there point() knows pixels of either byte order) in 8 bits, white where they are `clear`."""
    small = grey.point(lambda value: value / 256).convert("L")
    if clear is not None:
        small.paste(255, mask=ImageMath.lambda_eval(lambda seen: seen["convert"]((seen["grey"] == clear) * 255, "L"), grey=grey))
    return small


def _to_srgb(picture: Pillow.Image, profile: bytes | None) -> Pillow.Image:
    if profile:
        try:
            return ImageCms.profileToProfile(picture, ImageCms.ImageCmsProfile(BytesIO(profile)), ImageCms.createProfile("sRGB"), outputMode="RGB")
        except (ImageCms.PyCMSError, OSError):
            pass
    return picture.convert("RGB")
