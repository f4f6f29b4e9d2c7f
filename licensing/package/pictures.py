"""The pictures of a licence as files: full size, with what has to be said about them and nothing that their cameras said."""

from collections.abc import Mapping
from dataclasses import dataclass
from io import BytesIO

from PIL import Image as Pillow
from PIL.ExifTags import Base

from articles.renditions import FORMATS
from licensing.facts import LicenceFacts, LicensedPicture

from . import jpeg, metadata, png

LOSSLESS = {"1", "L", "LA", "P", "RGB", "RGBA", "I", "I;16", "I;16B"}  # what a PNG can hold
TURNED = {5, 6, 7, 8}  # orientations that make the width the height


class DamagedPicture(ValueError):
    """An original that cannot be read to its end, or is not there."""


@dataclass(frozen=True)
class PackedPicture:
    """A picture's file in the package."""

    picture: LicensedPicture
    name: str  # such as pictures/1.jpg
    content_type: str
    content: bytes
    width: int  # pixels, upright
    height: int


def packed(facts: LicenceFacts, originals: Mapping[str, bytes]) -> list[PackedPicture]:
    """Return the file of every licensed picture; `originals` has their bytes by short_id. Raise DamagedPicture, which names the picture."""
    return [_packed(facts, picture, originals.get(picture.short_id, b"")) for picture in facts.pictures]


def _packed(facts: LicenceFacts, picture: LicensedPicture, original: bytes) -> PackedPicture:
    try:
        return _written(facts, picture, original)
    except (OSError, SyntaxError, ValueError, Pillow.DecompressionBombError) as error:
        raise DamagedPicture(f"Picture {picture.number} ({picture.short_id}) is damaged or missing: {error}") from error


def _written(facts: LicenceFacts, picture: LicensedPicture, original: bytes) -> PackedPicture:
    with Pillow.open(BytesIO(original), formats=FORMATS) as opened:
        full = opened.size
        opened.draft(None, (1, 1))  # a JPEG is only looked at: its own bytes are passed on
        opened.load()
        orientation = opened.getexif().get(Base.Orientation, 1)
        orientation = orientation if orientation in range(1, 9) else 1
        size = full[::-1] if orientation in TURNED else full
        content, kind = (original, opened.format) if opened.format in {"JPEG", "MPO", "PNG"} else _recoded(opened, original)
    xmp, exif = metadata.xmp(facts, picture), metadata.exif(facts, picture, orientation)
    if kind == "PNG":
        return PackedPicture(picture, f"pictures/{picture.number}.png", "image/png", png.rewrite(content, xmp, exif), *size)
    content = jpeg.rewrite(content, xmp, metadata.iim(facts, picture), exif)
    return PackedPicture(picture, f"pictures/{picture.number}.jpg", "image/jpeg", content, *size)


def _recoded(opened: Pillow.Image, original: bytes) -> tuple[bytes, str]:
    """Return a WebP or TIFF file as a PNG, where that loses nothing and is no waste, else as a JPEG of quality 95."""
    file, profile = BytesIO(), opened.info.get("icc_profile")
    if opened.mode in LOSSLESS and (opened.format == "TIFF" or opened.has_transparency_data or _is_lossless(original)):
        opened.save(file, "PNG", icc_profile=profile)
        return file.getvalue(), "PNG"
    picture = opened if opened.mode in {"RGB", "CMYK", "L"} else opened.convert("RGB")
    picture.save(file, "JPEG", quality=95, subsampling=0, icc_profile=profile)
    return file.getvalue(), "JPEG"


def _is_lossless(webp: bytes) -> bool:
    """Return whether the picture in a WebP file is of the lossless kind (its chunk is VP8L)."""
    position = 12
    while position < len(webp) and webp[position : position + 4] not in {b"VP8L", b"VP8 "}:
        size = int.from_bytes(webp[position + 4 : position + 8], "little")
        position += 8 + size + size % 2
    return webp[position : position + 4] == b"VP8L"
