"""The rules that structured data keep: what schema.org has of the types that we write, and what Google's documents want of them."""

import json
import re
from datetime import datetime

SITE = "http://localhost:8000"
KINDS = {
    "text": lambda value: isinstance(value, str) and value.strip() == value != "",
    "url": lambda value: isinstance(value, str) and re.fullmatch(r"https?://[!-~]+", value),
    "mail": lambda value: isinstance(value, str) and re.fullmatch(r"[^@\s]+@[^@\s]+", value),
    "moment": lambda value: isinstance(value, str) and datetime.fromisoformat(value).tzinfo,
    "language": lambda value: isinstance(value, str) and re.fullmatch(r"[a-z]{2,3}(-[A-Za-z0-9]+)*", value),
    "whole": lambda value: type(value) is int and value > 0,
    "flag": lambda value: type(value) is bool,
}
RIGHTS = {"license": "url", "acquireLicensePage": "url", "usageInfo": "url", "creditText": "text", "copyrightNotice": "text"}
ROLES = {"author": "Person NewsMediaOrganization", "contributor": "Person", "translator": "Person", "editor": "Person"}
# What schema.org has of what we write: the kinds, or the types, of the values of each property. Lists of them are as good.
PROPERTIES = {
    "NewsArticle": RIGHTS | ROLES | {
        "mainEntityOfPage": "url", "url": "url", "headline": "text", "description": "text", "dateline": "text", "keywords": "text",
        "datePublished": "moment", "dateModified": "moment", "inLanguage": "language", "articleSection": "text", "wordCount": "whole",
        "isAccessibleForFree": "flag", "publisher": "NewsMediaOrganization", "image": "ImageObject", "correction": "CorrectionComment",
        "copyrightHolder": "NewsMediaOrganization", "copyrightYear": "whole", "sourceOrganization": "NewsMediaOrganization", "isBasedOn": "url",
    },
    "ImageObject": RIGHTS | {"contentUrl": "url", "url": "url", "width": "whole", "height": "whole", "caption": "text", "creator": "Person"},
    "NewsMediaOrganization": {"name": "text", "url": "url", "logo": "ImageObject", "slogan": "text", "contactPoint": "ContactPoint"},
    "ContactPoint": {"contactType": "text", "email": "mail"},
    "WebSite": {"name": "text", "url": "url", "inLanguage": "language", "publisher": "NewsMediaOrganization"},
    "Person": {"name": "text", "url": "url", "jobTitle": "text", "description": "text"},
    "ProfilePage": {"url": "url", "mainEntity": "Person"},
    "BreadcrumbList": {"itemListElement": "ListItem"},
    "ListItem": {"position": "whole", "name": "text", "item": "url"},
    "CorrectionComment": {"name": "text", "text": "text", "datePublished": "moment"},
}  # fmt: skip
# What Google's documents require, or recommend where it costs nothing.
WANTED = {
    "NewsArticle": {"headline", "datePublished", "dateModified", "author", "publisher", "inLanguage", "isAccessibleForFree", "creditText"},
    "NewsMediaOrganization": {"name", "url"},
    "ContactPoint": {"contactType"},
    "WebSite": {"name", "url"},
    "Person": {"name"},
    "ProfilePage": {"mainEntity"},
    "BreadcrumbList": {"itemListElement"},
    "ListItem": {"position", "name", "item"},
    "CorrectionComment": {"text", "datePublished"},
}


def complaints(thing: dict, kinds: str = " ".join(PROPERTIES)) -> list[str]:
    """Return what is wrong with a thing that has to be of one of these types, and with all that it holds."""
    name = thing.get("@type", "?")
    if name not in kinds.split() or name not in PROPERTIES:
        return [f"{name} is not {kinds}"]
    found = [f"{name} without {missing}" for missing in WANTED.get(name, set()) - set(thing)]
    for key, value in thing.items():
        if key in {"@type", "@id"}:
            continue
        wanted = PROPERTIES[name].get(key, "")
        for each in value if isinstance(value, list) and value else [value]:
            if isinstance(each, dict):
                found += complaints(each, wanted)
            elif not any(kind in KINDS and KINDS[kind](each) for kind in wanted.split()):
                found.append(f"{name}.{key} is {each!r}")
    return found


def data_of(page: str) -> list[dict]:
    """Return the things that a page's data are about."""
    documents = [json.loads(text) for text in re.findall(r'<script type="application/ld\+json">(.*?)</script>', page, re.DOTALL)]
    assert all(document["@context"] == "https://schema.org" for document in documents)
    return [thing for document in documents for thing in document["@graph"]]


def addresses(value) -> set[str]:
    """Return every address of ours that is written anywhere in data."""
    if isinstance(value, dict | list):
        return {address for each in (value.values() if isinstance(value, dict) else value) for address in addresses(each)}
    return {value.removeprefix(SITE).partition("#")[0]} if str(value).startswith(f"{SITE}/") else set()
