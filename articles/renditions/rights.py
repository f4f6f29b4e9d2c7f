"""Whose a picture is, as its file says it: read from an original, written into every copy (XMP, by the IPTC Photo Metadata Standard)."""

import re
from dataclasses import dataclass, fields, replace
from typing import IO

from lxml import etree
from PIL.ExifTags import Base

from .embedded import NAMESPACES, RDF, embedded, plain_line, qualified

MOST_LINE = 200  # characters, of each of them
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
    """Return what an original says in XMP, else in IPTC-IIM, else in EXIF."""
    held = embedded(original)
    by_xmp = {name: held.by_xmp(path) for name, (path, _) in PLACES.items()}
    by_iim = {name: held.by_iim(number) for name, number in {"creator": 80, "credit": 110, "notice": 116}.items()}
    by_exif = {"creator": held.by_exif(Base.Artist), "notice": held.by_exif(Base.Copyright)}
    return _rights(by_xmp).or_else(_rights(by_iim)).or_else(_rights(by_exif))


def _rights(values: dict[str, list[str]]) -> Rights:
    """Return what was read as lines: links only where they are ones, several creators in one line, of several languages the first."""
    lines = {name: ", ".join(value) if name == "creator" else next(iter(value), "") for name, value in values.items()}
    return Rights(**{name: "" if name.endswith("_url") and not LINK.fullmatch(line) else line[:MOST_LINE] for name, line in lines.items()})


def packet(rights: Rights) -> bytes:
    """Return the XMP packet, small enough for one segment of a JPEG."""
    root = etree.Element(f"{{{RDF}}}RDF", nsmap=NAMESPACES)
    described = etree.SubElement(root, f"{{{RDF}}}Description", {f"{{{RDF}}}about": ""})
    if rights.notice:
        etree.SubElement(described, qualified("xmpRights:Marked")).text = "True"
    holders = {}
    for field in fields(rights):
        text = plain_line(getattr(rights, field.name))[:MOST_LINE]
        if text:
            (first, *rest), container = PLACES[field.name][0].split("/"), PLACES[field.name][1]
            if first not in holders:
                holders[first] = _holder(described, first, container, bool(rest))
            (etree.SubElement(holders[first], qualified(rest[0])) if rest else holders[first]).text = text
    written = etree.tostring(root, encoding="unicode")
    begin, end = '<?xpacket begin="\ufeff" id="W5M0MpCehiHzreSzNTczkc9d"?>', '<?xpacket end="w"?>'
    return f'{begin}<x:xmpmeta xmlns:x="adobe:ns:meta/">{written}</x:xmpmeta>{end}'.encode()


def _holder(described: etree._Element, name: str, container: str, is_structure: bool) -> etree._Element:
    """Make the element that holds a property's text, or the parts of its structure."""
    holder = etree.SubElement(described, qualified(name))
    if container:
        holder = etree.SubElement(etree.SubElement(holder, f"{{{RDF}}}{container}"), f"{{{RDF}}}li")
    if container == "Alt":
        holder.set("{http://www.w3.org/XML/1998/namespace}lang", "x-default")
    if is_structure:
        holder.set(f"{{{RDF}}}parseType", "Resource")
    return holder
