"""The small newspaper that a new archive begins with: TOML files and pictures in seeds/."""

import tomllib
from datetime import datetime
from pathlib import Path

from django.contrib.flatpages.models import FlatPage
from django.contrib.sites.models import Site
from django.core.files import File
from django.db import transaction
from django.utils import timezone

from articles import body, renditions
from articles.models import Article, Author, Figure, FrontPageStory, Image, Section, Source, Topic, Word
from articles.slugs import make_slug
from articles.terms import Syndication

TEXTS = ("headline", "slug", "kicker", "standfirst", "dateline", "body", "language", "source_url", "syndication")
STATIC_PAGES = {
    "/about/": "About us",
    "/privacy-policy/": "Privacy policy",
    "/terms-and-conditions/": "Terms and Conditions",
}


@transaction.atomic
def load(folder: Path) -> int:
    """Bring the newspaper in `folder` into an empty archive, all of it or nothing; return the number of its stories."""
    paper = tomllib.loads((folder / "newspaper.toml").read_text())
    subjects = {
        name: {row["slug"]: model.objects.create(**row) for row in paper[name]}
        for name, model in {"sections": Section, "sources": Source, "authors": Author}.items()
    }
    topics = subjects["topics"] = {}
    for row in paper["topics"]:  # a series before its parts
        topics[row["slug"]] = Topic.objects.create(**row | {"part_of": topics.get(row.get("part_of"))})
    subjects["pictures"] = _load_pictures(folder, paper["picture_rights"])
    stories = [tomllib.loads(path.read_text()) for path in sorted((folder / "stories").glob("*.toml"))]
    articles = {story["slug"]: _load_story(story, subjects) for story in stories}
    for place, slug in enumerate(paper["front_page"], start=1):
        FrontPageStory.objects.create(article=articles[slug], place=place)
    Word.objects.collect()
    for page in paper["pages"]:
        row = FlatPage.objects.create(url=page["url"], title=page["title"], content=body.sanitise(page["content"]))
        row.sites.set(Site.objects.all())
    return len(articles)


@transaction.atomic
def begin(name: str) -> None:
    """Give a new archive what it cannot do without: a source that is ours, a section, and the pages that every page links to."""
    Source.objects.get_or_create(is_ours=True, defaults={"name": name, "slug": make_slug(name, "ours"), "syndication": Syndication.ON_REQUEST})
    Section.objects.named("News")
    for url, title in STATIC_PAGES.items():
        page, is_new = FlatPage.objects.get_or_create(url=url, defaults={"title": title, "content": "<p>This page is still to be written.</p>"})
        if is_new:
            page.sites.set(Site.objects.all())


def _load_pictures(folder: Path, rights: dict) -> dict[str, Image]:
    pictures = {}
    for key, facts in tomllib.loads((folder / "pictures.toml").read_text()).items():
        image = Image(**rights | facts)
        with (folder / "pictures" / f"{key}.jpg").open("rb") as file:
            image.file.save(f"{key}{renditions.check(File(file))}", File(file))
        image.full_clean()
        image.remake(is_new_file=True)
        pictures[key] = image
    return pictures


def _load_story(story: dict, subjects: dict) -> Article:
    texts = {field: story.get(field, "") for field in TEXTS}
    article = Article(section=subjects["sections"][story["section"]], source=subjects["sources"][story["source"]], **texts)
    article.full_clean()
    article.save()
    article.topics.set([subjects["topics"][slug] for slug in story["topics"]])
    for position, row in enumerate(story["authors"], start=1):
        article.contributions.create(author=subjects["authors"][row["author"]], role=row["role"].upper(), position=position)
    for position, row in enumerate(story.get("figures", []), start=1):
        picture = subjects["pictures"].get(row.get("picture"))
        Figure.objects.create(article=article, image=picture, caption=row["caption"], is_lead=row.get("is_lead", False), position=position)
    article.publish(at=_moment(story["published_at"]))
    for row in story.get("corrections", []):
        article.correct(row["text"], row["kind"].upper(), at=_moment(row["made_at"]))
    if "withdrawn_at" in story:
        article.withdraw(story["withdrawal_reason"], at=_moment(story["withdrawn_at"]))
    return article


def _moment(local: datetime) -> datetime:
    return timezone.make_aware(local)
