"""JPEG files, segment by segment: the compressed picture stays as it is, what is said beside it is replaced."""

import re
import struct
from collections.abc import Iterator

SOI, EOI, SOS = b"\xff\xd8", b"\xff\xd9", 0xDA
APP0, APP1, APP2, APP13, APP14, COM = 0xE0, 0xE1, 0xE2, 0xED, 0xEE, 0xFE
MARKER = re.compile(rb"\xff+([^\x00\xff\xd0-\xd7])", re.DOTALL)  # not a byte of the picture, not a restart
NO_THUMBNAIL = b"\x00\x00"  # its width and height
KEPT = {APP0: b"JFIF\x00", APP2: b"ICC_PROFILE\x00", APP14: b"Adobe"}  # without these a picture has other colours


def rewrite(content: bytes, xmp: bytes, iim: bytes, exif: bytes) -> bytes:
    """Return the JPEG with these metadata instead of its own; what lies behind its first picture is left out."""
    told = [_segment(APP1, b"Exif\x00\x00" + exif), _segment(APP1, b"http://ns.adobe.com/xap/1.0/\x00" + xmp), _segment(APP13, _photoshop(iim))]
    first, *others = list(_kept(content))
    is_jfif = first[1] == APP0
    return b"".join([SOI, *([first] if is_jfif else []), *told, *([] if is_jfif else [first]), *others, EOI])


def _kept(content: bytes) -> Iterator[bytes]:
    """Yield the segments that make the picture, each with the compressed data behind it."""
    position = len(SOI)
    while (match := MARKER.search(content, position)) and match[1] != EOI[1:]:
        kind, start = match[1][0], match.end()
        position = start + int.from_bytes(content[start : start + 2])
        payload, data = content[start + 2 : position], b""
        if kind == SOS:
            behind = MARKER.search(content, position)
            end = behind.start() if behind else len(content)
            data, position = content[position:end], end
        if _is_kept(kind, payload):
            yield _segment(kind, payload[:12] + NO_THUMBNAIL if kind == APP0 else payload) + data


def _is_kept(kind: int, payload: bytes) -> bool:
    if kind in KEPT:
        return payload.startswith(KEPT[kind])
    return kind != COM and not APP0 <= kind <= 0xEF


def _segment(kind: int, payload: bytes) -> bytes:
    return struct.pack(">BBH", 0xFF, kind, len(payload) + 2) + payload


def _photoshop(iim: bytes) -> bytes:
    """Return the resource block, of Photoshop, that IPTC-IIM stands in."""
    return b"Photoshop 3.0\x008BIM\x04\x04\x00\x00" + struct.pack(">I", len(iim)) + iim + b"\x00" * (len(iim) % 2)
