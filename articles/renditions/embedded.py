"""What is written inside a picture's file, in its three ways: XMP, IPTC-IIM and EXIF. It is a stranger's text: plain lines of a bounded length."""

import re
from collections.abc import Callable
from dataclasses import dataclass, field
from itertools import chain, islice
from typing import IO

from lxml import etree
from PIL import Image as Pillow
from PIL.ExifTags import IFD
from PIL.IptcImagePlugin import getiptcinfo

from .opening import DAMAGE, FORMATS

RDF = "http://www.w3.org/1999/02/22-rdf-syntax-ns#"
NAMESPACES = {
    "rdf": RDF,
    "dc": "http://purl.org/dc/elements/1.1/",
    "photoshop": "http://ns.adobe.com/photoshop/1.0/",
    "xmpRights": "http://ns.adobe.com/xap/1.0/rights/",
    "plus": "http://ns.useplus.org/ldf/xmp/1.0/",
}
READ_ONLY = {"Iptc4xmpCore": "http://iptc.org/std/Iptc4xmpCore/1.0/xmlns/"}  # what is read and written into no copy
MOST_READ = 1_000_000  # bytes of a packet
MOST_VALUES = 50  # of a property, such as creators
UTF_8 = b"\x1b%G"  # what says in IIM that its texts are in UTF-8
# Control characters, those that turn the direction of reading, and what is no character.
UNPRINTABLE = re.compile("[^\x20-\x7e\xa0-\u2029\u202f-\u2065\u206a-\ud7ff\ue000-\ufdcf\ufdf0-\ufffd\U00010000-\U0010ffff]")


@dataclass(frozen=True)
class Embedded:
    """What a file holds; of each way nothing, where it cannot be read."""

    xmp: etree._Element | None = None
    iim: dict = field(default_factory=dict)
    exif: dict = field(default_factory=dict)

    def by_xmp(self, path: str) -> list[str]:
        """Return the lines of a property, such as dc:creator, of a structure's the last part of its path."""
        return [] if self.xmp is None else lines(_texts(self.xmp, qualified(path.split("/")[-1])))

    def by_iim(self, number: int) -> list[str]:
        """Return the lines of a data set of record 2."""
        is_marked = self.iim.get((1, 90)) == UTF_8
        values = self.iim.get((2, number)) or []
        return lines(decoded(value, is_marked) for value in (values if isinstance(values, list) else [values])[:MOST_VALUES])

    def by_exif(self, tag: int) -> list[str]:
        value = self.exif.get(tag)
        if isinstance(value, str):
            value = value.encode("latin-1", "replace")  # as which Pillow has read it, whatever it was
        return lines([decoded(value)]) if isinstance(value, bytes) else []


def embedded(original: IO[bytes]) -> Embedded:
    """Return what an original says, whatever else of it is damaged."""
    try:
        with Pillow.open(original, formats=FORMATS) as opened:
            return Embedded(
                xmp=_unless_damaged(lambda: _tree(opened.info.get("xmp", b"")), None),
                iim=_unless_damaged(lambda: getiptcinfo(opened) or {}, {}),
                exif=_unless_damaged(lambda: dict(opened.getexif()) | dict(opened.getexif().get_ifd(IFD.Exif)), {}),
            )
    except DAMAGE:
        return Embedded()


def _unless_damaged(read: Callable, otherwise):
    try:
        return read()
    except DAMAGE:
        return otherwise


def _tree(packet: bytes | str) -> etree._Element | None:
    if isinstance(packet, str):
        packet = packet.encode()
    if not packet or len(packet) > MOST_READ:
        return None
    parser = etree.XMLParser(resolve_entities=False, no_network=True, recover=True)
    return etree.fromstring(packet.strip(b"\x00 \r\n\t"), parser)


def _texts(root: etree._Element, name: str) -> list[str]:
    """Return the values of a property in either of RDF's ways: as an attribute, or as an element with a text, a list or alternatives in it."""
    attributes = (element.get(name) for element in root.iter() if element.get(name))
    outermost = (element for element in root.iter(name) if next(element.iterancestors(name), None) is None)
    texts = (text for element in outermost for text in element.itertext() if text.strip())
    return list(islice(chain(attributes, texts), MOST_VALUES))


def decoded(text: bytes, is_utf_8: bool = False) -> str:
    """Return a text in UTF-8, or in Windows' Latin where it is none; the mark is believed only of one that was cut short within a letter."""
    try:
        return text.decode()
    except UnicodeDecodeError as problem:
        if is_utf_8 and problem.reason == "unexpected end of data":
            return text[: problem.start].decode()
    try:
        return text.decode("cp1252")
    except UnicodeDecodeError:
        return text.decode("latin-1")


def lines(texts) -> list[str]:
    return [line for line in map(plain_line, texts) if line]


def plain_line(text: str) -> str:
    return UNPRINTABLE.sub("", " ".join(text.split()))


def qualified(prefixed: str) -> str:
    """Return a property's name as lxml knows it."""
    prefix, _, local = prefixed.partition(":")
    return f"{{{(NAMESPACES | READ_ONLY)[prefix]}}}{local}"
