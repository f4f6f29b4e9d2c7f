"""The three formats, as feeds of Django's own framework."""

import json

from django.utils.feedgenerator import Atom1Feed, Rss201rev2Feed, SyndicationFeed, rfc3339_date

MEDIA = {"xmlns:media": "http://search.yahoo.com/mrss/"}
NAMESPACES = MEDIA | {
    "xmlns:content": "http://purl.org/rss/1.0/modules/content/",
    "xmlns:dc": "http://purl.org/dc/elements/1.1/",
    "xmlns:dcterms": "http://purl.org/dc/terms/",
}


class Rss(Rss201rev2Feed):
    """RSS 2.0 with the modules content, Dublin Core, media and Atom."""

    def rss_attributes(self) -> dict:
        return super().rss_attributes() | NAMESPACES

    def latest_post_date(self):
        return self.feed["changed_at"]

    def add_root_elements(self, handler) -> None:
        super().add_root_elements(handler)
        handler.startElement("image", {})
        for name, value in (("url", self.feed["logo"]), ("title", self.feed["title"]), ("link", self.feed["link"])):
            handler.addQuickElement(name, value)
        handler.endElement("image")

    def add_item_elements(self, handler, item: dict) -> None:
        super().add_item_elements(handler, item)
        for maker in item["authors"] + item["contributors"]:
            handler.addQuickElement("dc:creator", maker["name"])
        handler.addQuickElement("dcterms:modified", rfc3339_date(item["updateddate"]))
        handler.addQuickElement("dc:language", item["language"])
        _add(handler, "dc:rights", item["item_copyright"])
        _add(handler, "dc:source", item["original"])
        if item["licence"]:
            handler.addQuickElement("atom:link", "", {"rel": "license", "href": item["licence"]})
        _add_picture(handler, item["picture"])
        _add(handler, "content:encoded", item["html"])


class Atom(Atom1Feed):
    """Atom with the modules media and licence (RFC 4946)."""

    def root_attributes(self) -> dict:
        return super().root_attributes() | MEDIA

    def item_attributes(self, item: dict) -> dict:
        return {"xml:lang": item["language"]}

    def latest_post_date(self):
        return self.feed["changed_at"]

    def add_root_elements(self, handler) -> None:
        super().add_root_elements(handler)
        handler.addQuickElement("icon", self.feed["icon"])
        handler.addQuickElement("logo", self.feed["logo"])

    def add_item_elements(self, handler, item: dict) -> None:
        super().add_item_elements(handler, item)
        for role in ("author", "contributor"):
            for maker in item[f"{role}s"]:
                handler.startElement(role, {})
                handler.addQuickElement("name", maker["name"])
                handler.addQuickElement("uri", maker["url"])
                handler.endElement(role)
        for relation, address in (("license", item["licence"]), ("via", item["original"])):
            if address:
                handler.addQuickElement("link", "", {"rel": relation, "href": address})
        if item["source"]:
            handler.startElement("source", {})
            handler.addQuickElement("title", item["source"]["name"])
            handler.addQuickElement("link", "", {"rel": "alternate", "href": item["source"]["url"]})
            handler.endElement("source")
        _add_picture(handler, item["picture"])
        _add(handler, "content", item["html"], {"type": "html"})


class JsonFeed(SyndicationFeed):
    """JSON Feed 1.1, with two extensions: what may be done with the text, and with the picture."""

    content_type = "application/feed+json; charset=utf-8"

    def write(self, outfile, encoding: str) -> None:
        feed = {
            "version": "https://jsonfeed.org/version/1.1",
            "title": self.feed["title"],
            "home_page_url": self.feed["link"],
            "feed_url": self.feed["feed_url"],
            **_said(description=self.feed["description"]),
            "icon": self.feed["logo"],
            "favicon": self.feed["icon"],
            "authors": [{"name": self.feed["author_name"], "url": self.feed["author_link"]}],
            "language": self.feed["language"],
            "items": [self._item(item) for item in self.items],
        }
        json.dump(feed, outfile, ensure_ascii=False, separators=(",", ":"))

    def _item(self, item: dict) -> dict:
        picture = item["picture"] or {}
        return {
            "id": item["unique_id"],
            "url": item["link"],
            "title": item["title"],
            "summary": item["summary"],
            **({"content_html": item["html"]} if item["html"] else {"content_text": item["summary"]}),
            "date_published": rfc3339_date(item["pubdate"]),
            "date_modified": rfc3339_date(item["updateddate"]),
            "authors": item["authors"] + item["contributors"],
            "tags": item["categories"],
            "language": item["language"],
            **_said(
                external_url=item["original"],
                image=picture.get("url"),
                _licence=_said(url=item["licence"], acquire_url=item["acquire"], copyright=item["item_copyright"], credit=item["credit"]),
                _picture=_said(**{name: picture.get(name) for name in ("alt", "caption", "credit", "copyright", "licence")}),
            ),
        }


FORMATS = {"rss.xml": Rss, "atom.xml": Atom, "feed.json": JsonFeed}  # by the name of their file


def _add(handler, name: str, text: str | None, attributes: dict | None = None) -> None:
    if text:
        handler.addQuickElement(name, text, attributes)


def _add_picture(handler, picture: dict | None) -> None:
    """Write a picture in the words of media RSS (rssboard.org/media-rss)."""
    if not picture:
        return
    size = {name: str(picture[name]) for name in ("width", "height")}
    handler.startElement("media:content", {"url": picture["url"], "type": picture["type"], "medium": "image", **size})
    _add(handler, "media:description", picture["caption"] or picture["alt"], {"type": "plain"})
    _add(handler, "media:credit", picture["credit"], {"role": "photographer", "scheme": "urn:ebu"})
    _add(handler, "media:copyright", picture["copyright"])
    if picture["licence"]:
        handler.addQuickElement("media:license", "", {"type": "text/html", "href": picture["licence"]})
    handler.endElement("media:content")


def _said(**properties) -> dict:
    """Return the properties that say something."""
    return {name: value for name, value in properties.items() if value}
