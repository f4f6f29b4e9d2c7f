"""What came in from files: which file a story came from, and whether an editor has touched it since."""

from dataclasses import asdict, dataclass
from datetime import datetime
from pathlib import Path

from django.core.exceptions import ValidationError
from django.db import connection, models, transaction
from django.utils.translation import gettext as _

from articles.importers.base import ImportedStory, Refused

from .pictures import Figure
from .record import Correction, fingerprint, snapshot
from .stories import Article
from .subjects import Author, Section, Source, Topic

FROM_FILE = ("headline", "kicker", "standfirst", "dateline", "body", "source", "topics", "byline", "figures")
LONGEST_PATH = 2000  # bytes; PostgreSQL indexes no more than some 2,700


@dataclass(frozen=True)
class Intake:
    """What the person who imports decides for every file."""

    format: str
    section: Section | None = None  # News, where it is not said
    source: Source | None = None
    published_at: datetime | None = None
    publish: bool = False


class ImportedFileManager(models.Manager):
    """The files that stories came from."""

    @transaction.atomic
    def take_in(self, path: Path, story: ImportedStory, intake: Intake) -> str:
        """Bring the story of one file into the archive; return "new", "updated" or "unchanged".

        Raises Refused where that would overwrite an editor's work, or where the story breaks a rule of the archive.
        """
        _check_place(path)
        with connection.cursor() as cursor:  # of two imports at once, the second finds what the first brought in
            cursor.execute(f"LOCK TABLE {self.model._meta.db_table} IN SHARE ROW EXCLUSIVE MODE")
        content = fingerprint(asdict(story))
        known = self._known(path, story, content)
        try:
            if known is None:
                return self._take_new(path, story, intake, content)
            return known.take_again(path, story, intake, content)
        except ValidationError as problem:
            raise Refused(reason(problem)) from None

    def _known(self, path: Path, story: ImportedStory, content: str) -> "ImportedFile | None":
        """Return the record of this file: by its place; else by its content; else, moved, by its name and headline."""
        records = self.select_related("article").select_for_update(of=["self"]).filter(key=story.key)
        if found := records.filter(path=str(path)).first() or records.filter(content_sha256=content).first():
            return found
        namesakes = records.filter(path__endswith=f"/{path.name}", article__headline=story.headline)
        moved = [record for record in namesakes if record.has_lost_its_file]  # a namesake that still has its file is another story
        return moved[0] if len(moved) == 1 else None

    def _take_new(self, path: Path, story: ImportedStory, intake: Intake, content: str) -> str:
        article = Article(section=intake.section or Section.objects.named("News"), source=intake.source, published_at=intake.published_at)
        write(article, story)
        if intake.publish:
            article.publish()
        self.create(article=article, format=intake.format, path=str(path), key=story.key, content_sha256=content, story_sha256=from_file(article))
        return "new"


class ImportedFile(models.Model):
    """The file that a story came from, as it was when it was last taken in."""

    article = models.OneToOneField(Article, on_delete=models.CASCADE, related_name="imported_file")
    format = models.CharField(max_length=20)
    path = models.CharField(max_length=4096, db_index=True)
    key = models.CharField(max_length=200, blank=True, help_text="The story's own name in its file, where a file holds several.")
    content_sha256 = models.CharField(max_length=64, db_index=True, help_text="The fingerprint of the story as the importer read it.")
    story_sha256 = models.CharField(
        max_length=64, help_text="The story's fingerprint after the import: another one now means that somebody edited it."
    )
    imported_at = models.DateTimeField(auto_now=True)

    objects = ImportedFileManager()

    def __str__(self):
        return self.path

    def take_again(self, path: Path, story: ImportedStory, intake: Intake, content: str) -> str:
        """Bring in the file that this story came from once more."""
        article = Article.objects.select_for_update().get(pk=self.article_id)
        changed = content != self.content_sha256
        if changed:
            self._refuse_to_overwrite(article)
            write(article, story)
        if article.status in {Article.Status.DRAFT, Article.Status.IN_REVIEW}:
            publishing = intake.publish
            if publishing:
                article.publish(at=intake.published_at)
        else:
            publishing = False
            if changed:
                self._reprint(article)
        if changed:
            self.content_sha256, self.story_sha256 = content, from_file(article)
        if changed or self.has_lost_its_file:
            self.path = str(path)
            self.save()
        return "updated" if changed or publishing else "unchanged"

    @property
    def has_lost_its_file(self) -> bool:
        """Whether nothing is left where the file was: it was moved or deleted."""
        try:
            Path(self.path).stat()
        except (FileNotFoundError, NotADirectoryError):
            return True
        except OSError:  # there, or not: we may not look
            return False
        return False

    def _refuse_to_overwrite(self, article: Article) -> None:
        if article.status == Article.Status.WITHDRAWN:
            raise Refused("its story was withdrawn here; the changed file was not taken in")
        if from_file(article) != self.story_sha256:
            raise Refused("its story was edited here since it came in; the changed file was not taken in")

    def _reprint(self, article: Article) -> None:
        if Article.objects.public().filter(pk=article.pk).exists():
            article.correct(_("This story was brought up to date with the text of its source."), Correction.Kind.UPDATE)
        else:
            article.publish()


def from_file(article: Article) -> str:
    """Return the fingerprint of those parts of a story that a file can change."""
    story = snapshot(article)
    return fingerprint({part: story[part] for part in FROM_FILE})


def write(article: Article, story: ImportedStory) -> None:
    """Write what the file says into the story's row, byline, figures and topics."""
    for field in ("headline", "kicker", "standfirst", "dateline", "body"):
        setattr(article, field, getattr(story, field))
    if story.source:
        article.source = Source.objects.named(story.source)
    article.full_clean()
    article.save()
    article.contributions.all().delete()
    authors = dict.fromkeys(Author.objects.named(name) for name in story.authors)  # once each, however a name is written
    for position, author in enumerate(authors, start=1):
        article.contributions.create(author=author, position=position)
    article.figures.all().delete()
    if story.lead_caption:
        figure = Figure(article=article, caption=story.lead_caption, is_lead=True)
        figure.full_clean()
        figure.save()
    article.topics.set([Topic.objects.named(name) for name in story.topics])


def _check_place(path: Path) -> None:
    """Refuse a place that the archive's index of places cannot hold."""
    try:
        length = len(str(path).encode())
    except UnicodeEncodeError:
        raise Refused("its name is not in UTF-8") from None
    if length > LONGEST_PATH:
        raise Refused(f"its path is longer than {LONGEST_PATH} bytes")


def reason(problem: ValidationError) -> str:
    """Return what is wrong with a story, each problem with the name of the part it is about."""
    if not hasattr(problem, "error_dict"):
        return "; ".join(problem.messages)
    return "; ".join(f"{part.strip('_')}: {' '.join(messages)}" for part, messages in problem.message_dict.items())
