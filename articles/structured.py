"""What machines are told of a page: in the words of schema.org, as plain dictionaries, and only what the page itself shows.

What search engines read of it: Google's documents on Article, Breadcrumb, Organization, ProfilePage and image metadata.
"""

import json

from django.conf import settings
from django.templatetags.static import static
from django.utils import timezone

from articles import citations, renditions
from articles.models import Article, Author, Contribution, Correction, Image, Source
from articles.terms import Syndication
from newsroom.addresses import address_of

CUTS = ("16x9", "4x3", "1x1")  # shapes in which search engines want the lead picture
SHARED = {"path": "img/share.png", "width": 1200, "height": 630}
LOGO = {"path": "img/logo.png", "width": 512, "height": 512}
PROPERTIES = {  # what schema.org calls the work of each role
    Contribution.Role.WRITER: "author",
    Contribution.Role.PHOTOGRAPHER: "contributor",
    Contribution.Role.ILLUSTRATOR: "contributor",
    Contribution.Role.TRANSLATOR: "translator",
    Contribution.Role.EDITOR: "editor",
}
MARKUP = {character: f"\\u{ord(character):04x}" for character in "<>&"}  # nothing in a headline ends the script that holds it


def as_json(*things: dict) -> str:
    """Return a JSON-LD document of things, fit to stand inside a script element."""
    document = {"@context": "https://schema.org", "@graph": things}
    text = json.dumps(document, ensure_ascii=False, separators=(",", ":"))
    for character, written in MARKUP.items():  # str.translate takes thirty times as long
        text = text.replace(character, written)
    return text


def absolute(address: str) -> str:
    return settings.SITE_URL + address


def moment(at) -> str:
    """Return a moment in the time zone of the publication, in ISO 8601 with its offset."""
    return timezone.localtime(at).isoformat(timespec="seconds")


def publication() -> dict:
    """Return the paper as other things name it."""
    address = absolute(address_of("articles:front"))
    return {"@type": "NewsMediaOrganization", "@id": f"{address}#paper", "name": settings.PUBLICATION_NAME, "url": address}


def publisher() -> dict:
    logo = {"@type": "ImageObject", "url": absolute(static(LOGO["path"])), "width": LOGO["width"], "height": LOGO["height"]}
    return publication() | {"logo": logo}


def paper() -> list[dict]:
    """Return what the front page is: the paper with its motto and its rights desk, and its site."""
    desk = {"@type": "ContactPoint", "contactType": "rights desk", "email": settings.RIGHTS_EMAIL}
    organisation = publisher() | {"slogan": settings.PUBLICATION_TAGLINE, "contactPoint": desk}
    site = {"@type": "WebSite", "name": settings.PUBLICATION_NAME, "url": organisation["url"], "inLanguage": settings.LANGUAGE_CODE}
    return [organisation, site | {"publisher": publication()}]


def trail(*steps: tuple[str, str]) -> dict:
    """Return the way from the front page to a page as a BreadcrumbList; `steps` are (name, address)."""
    steps = ((settings.PUBLICATION_NAME, address_of("articles:front")), *steps)
    items = [{"@type": "ListItem", "position": place, "name": name, "item": absolute(address)} for place, (name, address) in enumerate(steps, 1)]
    return {"@type": "BreadcrumbList", "itemListElement": items}


def person(author: Author) -> dict:
    found = {"@type": "Person", "name": author.name, "url": absolute(author.get_absolute_url())}
    return found | _said(jobTitle=author.title)


def profile_page(author: Author) -> dict:
    return {"@type": "ProfilePage", "url": absolute(author.get_absolute_url()), "mainEntity": person(author) | _said(description=author.bio)}


def terms_page(article: Article) -> str:
    """Return the address of the terms on which a story can be had; "" where it cannot."""
    return licence(article, article.terms).get("license", "")


def news_article(article: Article) -> dict:
    """Return a story in print, from what for_reading() has loaded."""
    address, changed_at = absolute(article.get_absolute_url()), max(filter(None, (article.published_at, article.updated_at)))
    return {
        "@type": "NewsArticle",
        "@id": f"{address}#story",
        "mainEntityOfPage": address,
        "url": address,
        "headline": article.headline,
        "datePublished": moment(article.published_at),
        "dateModified": moment(changed_at),
        "inLanguage": article.language or settings.LANGUAGE_CODE,
        "articleSection": article.section.name,
        "isAccessibleForFree": True,
        "publisher": publisher(),
        **_said(
            description=article.summary,
            dateline=article.dateline,
            keywords=[topic.name for topic in article.topics.all()],
            wordCount=article.word_count,
            image=_pictures(article),
            correction=_corrections(article),
        ),
        **_makers(article),
        **_ownership(article),
        **licence(article, article.terms),
    }


def source_of(article: Article) -> dict:
    """Return the publication that a story comes from: ours, unless another one is named."""
    return publication() if article.is_ours else _organisation(article.source)


def _organisation(source: Source) -> dict:
    return {"@type": "NewsMediaOrganization", "name": source.name, "url": source.url or absolute(source.get_absolute_url())}


def _makers(article: Article) -> dict:
    """Return everybody in the byline by what they did; a story that nobody has signed is its publication's."""
    found = {}
    for row in article.contributions.all():
        found.setdefault(PROPERTIES[row.role], []).append(person(row.author))
    return {"author": source_of(article)} | found


def _ownership(article: Article) -> dict:
    """Return whose a story is; where no source is named nobody is said to hold its rights, since nobody is known to."""
    credit = {"creditText": citations.publication(article)}
    if not article.source:
        return credit
    year = timezone.localdate(article.published_at).year
    credit |= {"copyrightHolder": source_of(article), "copyrightNotice": copyright_notice(article), "copyrightYear": year}
    if article.is_ours:
        return credit
    return credit | {"sourceOrganization": _organisation(article.source)} | _said(isBasedOn=article.source_url)


def copyright_notice(article: Article) -> str:
    """Return whose a story is, in a line; "" where no source is named."""
    return f"© {timezone.localdate(article.published_at).year} {article.source.name}" if article.source else ""


def licence(article: Article, terms: Syndication) -> dict:
    """Return where the terms of a text or picture are, and where it can be had: no licence is spoken of where none can be."""
    page = absolute(address_of("licensing:republish", article.short_id))
    if terms == Syndication.NONE:
        return {"usageInfo": page}
    if terms == Syndication.FREE:
        return {"license": page}
    return {"license": absolute(address_of("licensing:terms")), "acquireLicensePage": page}


def _corrections(article: Article) -> list[dict]:
    """Return what was wrong in a story; an update of it is no correction."""
    rows = [row for row in article.corrections.all() if row.kind != Correction.Kind.UPDATE]
    return [{"@type": "CorrectionComment", "name": row.get_kind_display(), "text": row.text, "datePublished": moment(row.made_at)} for row in rows]


def _pictures(article: Article) -> list[dict]:
    """Return every picture that a story shows: the lead first and once more in each of the cuts, the others as they are."""
    lead, found = article.lead, []
    for figure in sorted(article.figures.all(), key=lambda figure: not figure.is_lead):
        if figure.image and figure.image.largest:
            cuts = [figure.image.rendition(1200, cut) for cut in CUTS] if figure == lead else []
            said = _picture(article, figure.image) | _said(caption=figure.caption)
            found += [said | _file(copy) for copy in (figure.image.largest, *filter(None, cuts))]
    return found


def _picture(article: Article, image: Image) -> dict:
    creator = image.creator and {"@type": "Person", "name": image.creator}
    notice = image.copyright_holder and f"© {image.copyright_holder}"
    return {
        "@type": "ImageObject",
        **_said(creator=creator, creditText=image.credit, copyrightNotice=notice),
        **licence(article, article.terms_of(image)),
    }


def share_picture(article: Article | None = None) -> dict:
    """Return the picture of a page where it is shared: a story's first, else the paper's own; address, size in pixels and what is seen."""
    figures = sorted(article.figures.all(), key=lambda figure: not figure.is_lead) if article else []
    for image in (figure.image for figure in figures if figure.image):
        if copy := image.rendition(1200, renditions.SHARE):
            return {"url": absolute(copy.url), "width": copy.width, "height": copy.height, "alt": image.alt_text}
    return SHARED | {"url": absolute(static(SHARED["path"])), "alt": settings.PUBLICATION_NAME}


def _file(copy: renditions.Rendition) -> dict:
    return {"contentUrl": absolute(copy.url), "width": copy.width, "height": copy.height}


def _said(**properties) -> dict:
    """Return the properties that say something."""
    return {name: value for name, value in properties.items() if value}
