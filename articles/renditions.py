"""The copies of a picture that readers get: JPEG, in sRGB, upright, without camera data, in a few widths."""

from io import BytesIO
from pathlib import Path
from typing import IO

from django.conf import settings
from django.core.exceptions import ValidationError
from PIL import Image as Pillow
from PIL import ImageCms, ImageOps, UnidentifiedImageError

WIDTHS = (480, 960, 1600)  # pixels
FORMATS = ("JPEG", "PNG", "WEBP", "TIFF")
MOST_PIXELS = 60_000_000
MOST_BYTES = 40_000_000
SHORTEST_SIDE = 16  # pixels
MOST_TIMES = 20  # one side to the other
SUFFIXES = {"JPEG": ".jpg", "MPO": ".jpg", "PNG": ".png", "WEBP": ".webp", "TIFF": ".tif"}  # MPO is a JPEG with more pictures behind the first


def check(upload: IO[bytes]) -> str:
    """Return the suffix that the file's content calls for; raise ValidationError, in words, for one that cannot be used."""
    if upload.size > MOST_BYTES:
        raise ValidationError("This file is larger than 40 MB. Save it smaller and choose it again.")
    try:
        with Pillow.open(upload, formats=FORMATS) as picture:
            if picture.width * picture.height > MOST_PIXELS:
                raise ValidationError("This picture has more than 60 million pixels. Save it smaller and choose it again.")
            if min(picture.size) < SHORTEST_SIDE or max(picture.size) > MOST_TIMES * min(picture.size):
                raise ValidationError("This picture is too narrow: no side may be under 16 pixels, or more than 20 times as long as the other.")
            picture.load()
            return SUFFIXES[picture.format]
    except (UnidentifiedImageError, Pillow.DecompressionBombError):
        raise ValidationError("This is not a picture that can be used. Choose a JPEG, PNG, WebP or TIFF file.") from None
    except (OSError, SyntaxError, ValueError):
        raise ValidationError("This picture is damaged and cannot be opened. Save it again and choose the new file.") from None
    finally:
        upload.seek(0)


def widths_for(width: int) -> list[int]:
    """Return the widths offered for a picture of `width` pixels; none is wider than the picture but the smallest."""
    return [WIDTHS[0], *(wide for wide in WIDTHS[1:] if wide <= width)]


def path(short_id: str, width: int) -> Path:
    """Return where a rendition is kept."""
    return Path(settings.MEDIA_ROOT) / "renditions" / short_id / f"{width}.jpg"


def make(original: IO[bytes], short_id: str) -> tuple[int, int]:
    """Write every rendition of the picture in `original`, replacing older ones; return its upright width and height in pixels."""
    with Pillow.open(original, formats=FORMATS) as opened:
        picture = to_srgb(ImageOps.exif_transpose(opened))
    for width in widths_for(picture.width):
        small = ImageOps.contain(picture, (width, 4 * width), Pillow.Resampling.LANCZOS) if width < picture.width else picture
        target = path(short_id, width)
        target.parent.mkdir(parents=True, exist_ok=True)
        draft = target.with_suffix(".part")
        small.save(draft, "JPEG", quality=80, optimize=True, progressive=True)
        draft.replace(target)
    return picture.size


def to_srgb(picture: Pillow.Image) -> Pillow.Image:
    """Return the picture in sRGB, on white where it was transparent."""
    profile = picture.info.get("icc_profile")
    if picture.has_transparency_data:
        picture = picture.convert("RGBA")
        paper = Pillow.new("RGBA", picture.size, "white")
        return Pillow.alpha_composite(paper, picture).convert("RGB")
    if profile and picture.mode in {"RGB", "CMYK", "L"}:
        try:
            return ImageCms.profileToProfile(picture, ImageCms.ImageCmsProfile(BytesIO(profile)), ImageCms.createProfile("sRGB"), outputMode="RGB")
        except (ImageCms.PyCMSError, OSError):
            pass
    if picture.mode.startswith("I;16"):
        picture = picture.convert("I").point(lambda value: value / 256).convert("L")  # point() knows no big-endian pixels
    return picture.convert("RGB")
