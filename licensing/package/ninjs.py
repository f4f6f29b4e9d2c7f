"""A story as ninjs 3.1, the IPTC's news in JSON."""

import json
from copy import deepcopy
from datetime import datetime

from lxml.html import HtmlElement, tostring

from licensing.facts import LicenceFacts

from . import plain
from .characters import one_line
from .language import language_tag
from .metadata import creator
from .pictures import PackedPicture
from .scope import usage_terms
from .story import Copy

STANDARD = {"name": "ninjs", "version": "3.1", "schema": "http://www.iptc.org/std/ninjs/ninjs-schema_3.1.json#"}


def document(facts: LicenceFacts, story: dict, copy: Copy, article: HtmlElement, pictures: list[PackedPicture], language: str) -> str:
    """Return the text item in JSON, with each picture as an associated item whose rendition is the file beside it."""
    first_created = story["published_at"] or f"{facts.first_published_on}T00:00:00Z"
    item = {
        "uri": facts.story_url,
        "type": "text",
        "representationType": "partial" if copy.is_excerpt else "full",
        "version": str(facts.revision),
        "firstCreated": _moment(datetime.fromisoformat(first_created)),
        "versionCreated": _moment(facts.issued_at),
        "pubStatus": "usable",
        "language": language_tag(language),
        "copyrightHolder": facts.source,
        "copyrightNotice": f"© {facts.first_published_on.year} {facts.source}",
        **_rights(facts),
        "edNote": f"Print with the story: {copy.credit_line}",
        "title": copy.headline,
        "slugline": story["slug"],
        "by": copy.by,
        "located": copy.dateline,
        "headlines": _texts(main=copy.headline, kicker=copy.kicker),
        "descriptions": _texts(standfirst=copy.standfirst),
        "bodies": _bodies(copy, article),
        "people": [{"name": one_line(row["name"]), "rel": row["role"].lower(), "literal": row["author"]} for row in story["byline"]],
        "associations": [_picture(facts, picture) for picture in pictures],
        "altIds": [{"role": "licence", "value": facts.reference}, {"role": "revision-sha256", "value": facts.revision_sha256}],
        "standard": STANDARD,
    }
    return json.dumps({key: value for key, value in item.items() if value}, ensure_ascii=False, indent=2) + "\n"


def _moment(moment: datetime) -> str:
    return moment.isoformat(timespec="seconds")


def _rights(facts: LicenceFacts) -> dict:
    return {"usageTerms": usage_terms(facts), "rightsInfo": {"linkedRights": facts.url}}


def _texts(**roles: str) -> list[dict]:
    return [{"role": role, "contentType": "text/plain", "value": value} for role, value in roles.items() if value]


def _bodies(copy: Copy, article: HtmlElement) -> list[dict]:
    """Return everything below the headline in HTML and as plain text; words are counted in the body only."""
    below = deepcopy(article)
    below.remove(below.find("header"))
    html = "".join(tostring(child, encoding="unicode") for child in below).strip()
    values = {"text/html": html, "text/plain": plain.text(below)}
    return [{"role": "main", "contentType": kind, "wordCount": copy.words, "value": value} for kind, value in values.items()]


def _picture(facts: LicenceFacts, packed: PackedPicture) -> dict:
    picture = packed.picture
    file = {"href": packed.name, "contentType": packed.content_type, "width": packed.width, "height": packed.height}
    item = {
        "name": f"picture-{picture.number}",
        "uri": f"{facts.story_url}#picture-{picture.number}",
        "type": "picture",
        "representationType": "full",
        "by": creator(picture),
        "copyrightHolder": picture.holder or facts.licensor,
        "copyrightNotice": f"© {picture.holder or facts.licensor}",
        **_rights(facts),
        "descriptions": _texts(caption=picture.caption, credit=picture.credit, alt=picture.alt_text),
        "renditions": [{"name": "original", **file, "sizeInBytes": len(packed.content)}],
    }
    return {key: value for key, value in item.items() if value}
