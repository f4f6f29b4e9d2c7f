"""What a picture's file says of itself: XMP, IPTC-IIM and EXIF, by the IPTC Photo Metadata Standard."""

import re
import struct

from lxml import etree
from PIL import Image as Pillow
from PIL.ExifTags import Base

from licensing.facts import LicenceFacts, LicensedPicture

from .characters import clipped, one_line
from .scope import usage_terms

RDF = "http://www.w3.org/1999/02/22-rdf-syntax-ns#"
NAMESPACES = {
    "rdf": RDF,
    "dc": "http://purl.org/dc/elements/1.1/",
    "photoshop": "http://ns.adobe.com/photoshop/1.0/",
    "xmpRights": "http://ns.adobe.com/xap/1.0/rights/",
    "Iptc4xmpCore": "http://iptc.org/std/Iptc4xmpCore/1.0/xmlns/",
    "plus": "http://ns.useplus.org/ldf/xmp/1.0/",
}
NO_TRAINING = "http://ns.useplus.org/ldf/vocab/DMI-PROHIBITED-AIMLTRAINING"
MOST_PACKET = 65_000  # bytes; a segment of a JPEG holds 65,533, with its name in them
LABEL = re.compile(r"^(?:photo|photograph|picture|image|illustration)s?\s*(?::|by\b:?)\s*", re.IGNORECASE)


def creator(picture: LicensedPicture) -> str:
    """Return whose work it is, from a credit such as “Photo: Owen Strand / The Halyard”."""
    return one_line(LABEL.sub("", picture.credit).split(" / ")[0]) or picture.holder


def instructions(facts: LicenceFacts) -> str:
    return f"Print the credit. Use within licence {facts.reference} only: {facts.url}"


def xmp(facts: LicenceFacts, picture: LicensedPicture) -> bytes:
    """Return the XMP packet, with long texts cut so that it fits into one segment of a JPEG."""
    packets = (_packet(_properties(facts, picture), most) for most in (8000, 2000, 1000, 400))
    return next(packet for packet in packets if len(packet) <= MOST_PACKET)


def _properties(facts: LicenceFacts, picture: LicensedPicture) -> list[tuple[str, str, str | dict]]:
    """Return (property, container, value): the container is "" for a plain value, the value a dict for a structure."""
    owner = picture.holder or facts.licensor
    return [
        ("dc:creator", "Seq", creator(picture)),
        ("dc:description", "Alt", picture.caption),
        ("dc:rights", "Alt", f"© {owner}"),
        ("photoshop:Credit", "", picture.credit),
        ("photoshop:Source", "", facts.source),
        ("photoshop:Instructions", "", instructions(facts)),
        ("Iptc4xmpCore:AltTextAccessibility", "Alt", picture.alt_text),
        ("xmpRights:Marked", "", "True"),
        ("xmpRights:UsageTerms", "Alt", usage_terms(facts)),
        ("xmpRights:WebStatement", "", facts.url),
        ("plus:CopyrightOwner", "Seq", {"plus:CopyrightOwnerName": owner}),
        ("plus:Licensor", "Seq", {"plus:LicensorName": facts.licensor, "plus:LicensorURL": facts.licensor_url}),
        ("plus:Licensee", "Seq", {"plus:LicenseeName": facts.licensee}),
        ("plus:LicenseID", "", facts.reference),
        ("plus:LicenseStartDate", "", facts.starts_on.isoformat()),
        ("plus:LicenseEndDate", "", facts.ends_on.isoformat() if facts.ends_on else ""),
        ("plus:TermsAndConditionsURL", "", facts.terms_url),
        ("plus:DataMining", "", NO_TRAINING),
    ]


def _packet(properties: list[tuple[str, str, str | dict]], most: int) -> bytes:
    root = etree.Element(f"{{{RDF}}}RDF", nsmap=NAMESPACES)
    described = etree.SubElement(root, f"{{{RDF}}}Description", {f"{{{RDF}}}about": ""})
    for name, container, value in properties:
        if value:
            holder = _child(described, name)
            if container:
                holder = _child(_child(holder, f"rdf:{container}"), "rdf:li")
            if container == "Alt":
                holder.set("{http://www.w3.org/XML/1998/namespace}lang", "x-default")
            _fill(holder, value, most)
    packet = etree.tostring(root, encoding="unicode")
    begin, end = '<?xpacket begin="\ufeff" id="W5M0MpCehiHzreSzNTczkc9d"?>', '<?xpacket end="w"?>'
    return f'{begin}<x:xmpmeta xmlns:x="adobe:ns:meta/">{packet}</x:xmpmeta>{end}'.encode()


def _fill(holder: etree._Element, value: str | dict, most: int) -> None:
    if isinstance(value, str):
        holder.text = value[:most]
        return
    holder.set(f"{{{RDF}}}parseType", "Resource")
    for name, text in value.items():
        _child(holder, name).text = text[:most]


def _child(parent: etree._Element, name: str) -> etree._Element:
    prefix, _, local = name.partition(":")
    return etree.SubElement(parent, f"{{{NAMESPACES[prefix]}}}{local}")


def iim(facts: LicenceFacts, picture: LicensedPicture) -> bytes:
    """Return the datasets of IPTC-IIM, in UTF-8, each cut to the bytes that the standard gives it."""
    values = {
        (2, 40, 256): instructions(facts),
        (2, 80, 32): creator(picture),
        (2, 110, 32): picture.credit,
        (2, 115, 32): facts.source,
        (2, 116, 128): f"© {picture.holder or facts.licensor}",
        (2, 120, 2000): picture.caption,
    }
    datasets = [(1, 90, b"\x1b%G"), (2, 0, b"\x00\x04")]
    datasets += [(record, number, clipped(text, most)) for (record, number, most), text in values.items() if text]
    return b"".join(b"\x1c" + struct.pack(">BBH", record, number, len(value)) + value for record, number, value in datasets)


def exif(facts: LicenceFacts, picture: LicensedPicture, orientation: int) -> bytes:
    """Return a TIFF structure with the picture's orientation and the three fields that name its author, owner and subject, in UTF-8."""
    tags = Pillow.Exif()
    tags[Base.Orientation] = orientation
    for tag, text in (
        (Base.ImageDescription, picture.caption),
        (Base.Artist, creator(picture)),
        (Base.Copyright, f"© {picture.holder or facts.licensor}"),
    ):
        if text:
            tags[tag] = clipped(text, 4000)
    return tags.tobytes().removeprefix(b"Exif\x00\x00")
