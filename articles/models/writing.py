"""From a story as a Revision keeps it to the rows that are printed: the way back from record.snapshot()."""

from .pictures import Figure, Image
from .subjects import Author, Section, Source, Topic

TEXT = ("kicker", "headline", "standfirst", "dateline", "body")  # what readers read: in print it changes with a note
LATER = ("language", "source_url")  # kept of a story that has one
OTHER = (*LATER, "syndication")


def as_read(story: dict) -> list:
    """Return what readers read of a story: what changes in print with a note to them only."""
    byline = [(row["author"], row["role"]) for row in story["byline"]]
    figures = [(row["position"], row["is_lead"], row["caption"], row["picture"] and row["picture"]["short_id"]) for row in story["figures"]]
    return [*(story[part] for part in TEXT), byline, figures]


def write(article, story: dict) -> None:
    """Make the article what the story says: its text, byline, pictures and what it is sorted by. Its address and state are left to the verbs.

    What has gone meanwhile (a topic, a picture) is left out; a story whose section has gone keeps the one that it has.
    """
    for field in (*TEXT, *OTHER):
        setattr(article, field, story.get(field, ""))
    article.section = Section.objects.called(story["section"]).first() or article.section
    article.source = Source.objects.called(story["source"]).first() if story["source"] else None
    article.save()
    article.topics.set(Topic.objects.by_slug(story["topics"]).values())
    _sign(article, story["byline"])
    _hang(article, story["figures"])


def _sign(article, byline: list[dict]) -> None:
    authors = Author.objects.by_slug([row["author"] for row in byline])
    wanted = list(dict.fromkeys((authors[row["author"]], row["role"]) for row in byline if row["author"] in authors))
    if wanted != [(row.author, row.role) for row in article.contributions.select_related("author")]:
        article.contributions.all().delete()
        rows = [
            article.contributions.model(article=article, author=author, role=role, position=number) for number, (author, role) in enumerate(wanted, 1)
        ]
        article.contributions.bulk_create(rows)


def _hang(article, figures: list[dict]) -> None:
    images = Image.objects.in_bulk([figure["picture"]["short_id"] for figure in figures if figure["picture"]], field_name="short_id")
    rows = []
    for figure in figures:
        image = images.get(figure["picture"]["short_id"]) if figure["picture"] else None
        if image or figure["caption"]:
            rows.append(Figure(article=article, image=image, caption=figure["caption"], position=figure["position"], is_lead=figure["is_lead"]))
    fields = ("image_id", "caption", "position", "is_lead")
    if [[getattr(row, field) for field in fields] for row in rows] != list(map(list, article.figures.values_list(*fields))):
        article.figures.all().delete()
        Figure.objects.bulk_create(rows)
