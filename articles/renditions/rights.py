"""Whose a picture is, as its file says it: read from an original, written into every copy (XMP, by the IPTC Photo Metadata Standard)."""

import re
from dataclasses import dataclass, fields, replace
from itertools import chain, islice
from typing import IO

from lxml import etree
from PIL import Image as Pillow
from PIL.ExifTags import Base
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
MOST_READ = 1_000_000  # bytes of a packet
MOST_VALUES = 50  # of a property, such as creators
MOST_LINE = 200  # characters, of each of them
# Control characters, those that turn the direction of reading, and what is no character.
UNPRINTABLE = re.compile("[^\x20-\x7e\xa0-\u2029\u202f-\u2065\u206a-\ud7ff\ue000-\ufdcf\ufdf0-\ufffd\U00010000-\U0010ffff]")
CLAIM = re.compile(r"^(?:(?:copyright|\(c\)|©|[12]\d{3}(?:\s*[-–,]\s*[12]\d{3})*|by)[\s,:.]*)+", re.IGNORECASE)
LINK = re.compile(r"https?://[^\s<>\"]+")
# What is read and written: the field, the path to it, and the container that it is written in.
PLACES = {
    "creator": ("dc:creator", "Seq"),
    "credit": ("photoshop:Credit", ""),
    "notice": ("dc:rights", "Alt"),
    "terms_url": ("xmpRights:WebStatement", ""),
    "holder": ("plus:CopyrightOwner/plus:CopyrightOwnerName", "Seq"),
    "licensor": ("plus:Licensor/plus:LicensorName", "Seq"),
    "licensor_url": ("plus:Licensor/plus:LicensorURL", "Seq"),
}


@dataclass(frozen=True)
class Rights:
    """Whose a picture is and where it can be licensed; "" where the file does not say."""

    creator: str = ""
    credit: str = ""
    notice: str = ""  # © and the holder
    holder: str = ""
    terms_url: str = ""
    licensor: str = ""
    licensor_url: str = ""

    def or_else(self, other: "Rights") -> "Rights":
        """Return these, with what they leave open taken from others."""
        return replace(other, **{name: value for name, value in vars(self).items() if value})

    @property
    def owner(self) -> str:
        """Return the holder's name, from the notice where nothing else names one."""
        return self.holder or CLAIM.sub("", self.notice).strip()


def read(original: IO[bytes]) -> Rights:
    """Return what an original says in XMP, else in IPTC-IIM, else in EXIF. It is a stranger's text: plain lines of a bounded length."""
    try:
        with Pillow.open(original, formats=FORMATS) as opened:
            exif, iim, packet = opened.getexif(), getiptcinfo(opened) or {}, opened.info.get("xmp", b"")
        by_iim = {"creator": iim.get((2, 80)), "credit": iim.get((2, 110)), "notice": iim.get((2, 116))}
        by_exif = {"creator": exif.get(Base.Artist), "notice": exif.get(Base.Copyright)}
        return _rights(_from_xmp(packet)).or_else(_rights(by_iim)).or_else(_rights(by_exif))
    except DAMAGE:
        return Rights()


def _from_xmp(packet: bytes) -> dict[str, list[str]]:
    if isinstance(packet, str):
        packet = packet.encode()
    if not packet or len(packet) > MOST_READ:
        return {}
    parser = etree.XMLParser(resolve_entities=False, no_network=True, recover=True)
    root = etree.fromstring(packet.strip(b"\x00 \r\n\t"), parser)
    return {} if root is None else {name: _texts(root, _name(path.split("/")[-1])) for name, (path, _) in PLACES.items()}


def _texts(root: etree._Element, name: str) -> list[str]:
    """Return the values of a property in either of RDF's ways: as an attribute, or as an element with a text, a list or alternatives in it."""
    attributes = (element.get(name) for element in root.iter() if element.get(name))
    outermost = (element for element in root.iter(name) if next(element.iterancestors(name), None) is None)
    texts = (text for element in outermost for text in element.itertext() if text.strip())
    return list(islice(chain(attributes, texts), MOST_VALUES))


def _rights(values: dict) -> Rights:
    """Return what was read as lines: links only where they are ones, several creators in one line, of several languages the first."""
    lines = {name: ", ".join(_lines(value)) if name == "creator" else next(iter(_lines(value)), "") for name, value in values.items()}
    return Rights(**{name: "" if name.endswith("_url") and not LINK.fullmatch(line) else line[:MOST_LINE] for name, line in lines.items()})


def _lines(value) -> list[str]:
    texts = value if isinstance(value, (list, tuple)) else [value or ""]
    return [line for line in (_line(_decoded(text)) for text in texts) if line]


def _decoded(text: str | bytes) -> str:
    if isinstance(text, str):
        return text
    try:
        return text.decode()
    except UnicodeDecodeError:
        return text.decode("latin-1")


def _line(text: str) -> str:
    return UNPRINTABLE.sub("", " ".join(text.split()))


def packet(rights: Rights) -> bytes:
    """Return the XMP packet, small enough for one segment of a JPEG."""
    root = etree.Element(f"{{{RDF}}}RDF", nsmap=NAMESPACES)
    described = etree.SubElement(root, f"{{{RDF}}}Description", {f"{{{RDF}}}about": ""})
    if rights.notice:
        etree.SubElement(described, _name("xmpRights:Marked")).text = "True"
    holders = {}
    for field in fields(rights):
        text = _line(getattr(rights, field.name))[:MOST_LINE]
        if text:
            (first, *rest), container = PLACES[field.name][0].split("/"), PLACES[field.name][1]
            if first not in holders:
                holders[first] = _holder(described, first, container, bool(rest))
            (etree.SubElement(holders[first], _name(rest[0])) if rest else holders[first]).text = text
    written = etree.tostring(root, encoding="unicode")
    begin, end = '<?xpacket begin="\ufeff" id="W5M0MpCehiHzreSzNTczkc9d"?>', '<?xpacket end="w"?>'
    return f'{begin}<x:xmpmeta xmlns:x="adobe:ns:meta/">{written}</x:xmpmeta>{end}'.encode()


def _holder(described: etree._Element, name: str, container: str, is_structure: bool) -> etree._Element:
    """Make the element that holds a property's text, or the parts of its structure."""
    holder = etree.SubElement(described, _name(name))
    if container:
        holder = etree.SubElement(etree.SubElement(holder, f"{{{RDF}}}{container}"), f"{{{RDF}}}li")
    if container == "Alt":
        holder.set("{http://www.w3.org/XML/1998/namespace}lang", "x-default")
    if is_structure:
        holder.set(f"{{{RDF}}}parseType", "Resource")
    return holder


def _name(prefixed: str) -> str:
    prefix, _, local = prefixed.partition(":")
    return f"{{{NAMESPACES[prefix]}}}{local}"
