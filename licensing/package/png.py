"""PNG files, chunk by chunk: the compressed picture stays as it is, what is said beside it is replaced."""

import struct
import zlib
from collections.abc import Iterator

SIGNATURE = b"\x89PNG\r\n\x1a\n"
KEPT = {b"PLTE", b"tRNS", b"IDAT", b"cHRM", b"gAMA", b"iCCP", b"sBIT", b"sRGB", b"cICP", b"mDCV", b"cLLI", b"pHYs"}


def rewrite(content: bytes, xmp: bytes, exif: bytes) -> bytes:
    """Return the PNG with these metadata instead of its own; of a moving picture only the first stays."""
    header, *others = _chunks(content)
    told = [_chunk(b"iTXt", b"XML:com.adobe.xmp\x00\x00\x00\x00\x00" + xmp), _chunk(b"eXIf", exif)]
    return b"".join([SIGNATURE, _chunk(*header), *told, *(_chunk(kind, data) for kind, data in others if kind in KEPT), _chunk(b"IEND", b"")])


def _chunks(content: bytes) -> Iterator[tuple[bytes, bytes]]:
    position = len(SIGNATURE)
    while position + 12 <= len(content):
        size, kind = struct.unpack_from(">I4s", content, position)
        yield kind, content[position + 8 : position + 8 + size]
        position += size + 12


def _chunk(kind: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))
