"""Builders: rows with believable copy, so that a test names only what it is about."""

import shutil
from io import BytesIO
from pathlib import Path
from tempfile import TemporaryDirectory

from django.conf import settings
from django.contrib.auth import get_user_model
from django.contrib.auth.models import Permission
from django.core.files.base import ContentFile
from PIL import Image as Pillow

from articles import renditions
from articles.models import Article, Author, BulkChange, Figure, Image, Section, Source, Topic
from articles.renditions import making
from articles.slugs import make_slug

KEPT = TemporaryDirectory()  # of this process
COPIES: dict[tuple, Path] = {}  # of pictures, by what they show and say
PARAGRAPH = "<p>The ferry was late again on Tuesday, and nobody on the quay looked at the clock.</p>"


def make_section(name="Harbour", **fields) -> Section:
    return Section.objects.get_or_create(slug=make_slug(name, "section"), defaults={"name": name, **fields})[0]


def make_topic(name="Ferries", **fields) -> Topic:
    return Topic.objects.get_or_create(slug=make_slug(name, "topic"), defaults={"name": name, **fields})[0]


def make_author(name="Ines Calloway", **fields) -> Author:
    return Author.objects.get_or_create(slug=make_slug(name, "author"), defaults={"name": name, **fields})[0]


def make_source(name="The Halyard", **fields) -> Source:
    return Source.objects.get_or_create(slug=make_slug(name, "source"), defaults={"name": name, **fields})[0]


def make_article(headline="Ferry late for the fortieth time", *, authors=(), topics=(), published_at=None, publish=False, **fields) -> Article:
    """Return a draft, or with publish=True a story in print since `published_at` (now, unless told)."""
    section = fields.pop("section", None) or make_section()
    article = Article(headline=headline, section=section, published_at=published_at, **({"body": PARAGRAPH} | fields))
    article.full_clean()
    article.save()
    for position, author in enumerate(authors, start=1):
        article.contributions.create(author=author if isinstance(author, Author) else make_author(author), position=position)
    article.topics.set([topic if isinstance(topic, Topic) else make_topic(topic) for topic in topics])
    if publish:
        article.publish()
    return article


def picture_bytes(width=1200, height=800, kind="JPEG", colour="teal", **options) -> bytes:
    file = BytesIO()
    Pillow.new("RGB", (width, height), colour).save(file, kind, **options)
    return file.getvalue()


def make_image(alt_text="The ferry Margaret Lyle at the quay", width=1200, height=800, **fields) -> Image:
    image = Image(alt_text=alt_text, **fields)
    image.file.save("ferry.jpg", ContentFile(picture_bytes(width, height)), save=False)
    image.full_clean()
    image.save()
    _make_copies(image, (width, height))
    return image


def _make_copies(image: Image, size: tuple[int, int]) -> None:
    """Make the copies that readers get, or take those of an equal picture: most tests do not ask how they are made."""
    says = (image.creator, image.credit, image.copyright_holder, image.syndication, settings.SITE_URL, settings.PUBLICATION_NAME)
    key = (*size, image.focal_x, image.focal_y, *says)
    if key in COPIES:
        shutil.copytree(COPIES[key], making.folder(image.short_id))
        image.width, image.height, image.recipe = *size, renditions.RECIPE
        image.save(update_fields=["width", "height", "recipe"])
        return
    image.make_renditions()
    if image.recipe:
        COPIES[key] = shutil.copytree(making.folder(image.short_id), Path(KEPT.name) / image.short_id)


def make_figure(article: Article, caption="The Margaret Lyle, late", image: Image | None = None, **fields) -> Figure:
    """Return a figure of a story; a story in print has to be published or corrected for search to know its caption."""
    return article.figures.create(caption=caption, image=image, **({"position": article.figures.count() + 1} | fields))


def make_user(username="sub", *permissions: str, **fields):
    """Return a member of the staff with these permissions, such as "articles.publish_article"."""
    user = get_user_model().objects.create_user(username, password="harbour-lights", is_staff=True, **fields)
    for permission in permissions:
        app, codename = permission.split(".")
        user.user_permissions.add(Permission.objects.get(content_type__app_label=app, codename=codename))
    return user


def make_bulk_change(verb="PUBLISH", stories=None, by=None, begin=True, **arguments) -> BulkChange:
    """Return a change of all stories, unless told, that has begun."""
    change = BulkChange.objects.gather(verb, Article.objects.all() if stories is None else stories, by or make_user("asked"))
    if begin:
        change.begin(change.get_verb_display(), arguments)
    return change


PAGE_PARAGRAPHS = ("The Margaret Lyle left the quay eleven minutes late.", "“We have asked for a second engine since March,” said the mate.")
NEWSLETTER = "The Morning Bell - Halyard stories delivered straight to your inbox"
CONSENT = "By signing up, you agree to our Privacy policy and Terms and Conditions."


def page_text(headline="Ferry late again", caption="", paragraphs=PAGE_PARAGRAPHS, byline="", topics=(), purchase=True, newsletter=NEWSLETTER) -> str:
    """Return the text of one page of a news site, in the shape that the page-text importer reads."""
    blocks = [headline, f"{headline}\n{caption}".strip(), *paragraphs, byline, "\n".join(["More about", *topics])]
    blocks += ["Purchase this article for republication." if purchase else "", f"\n\n{newsletter}\n{CONSENT}" if newsletter else ""]
    return "\n\n".join(block for block in blocks if block)
