"""A believable archive of any size, for measuring: the words of its stories, its topics, authors and days are as skewed as those of a real one."""

import random
from collections.abc import Iterator
from datetime import datetime, timedelta
from io import BytesIO
from itertools import accumulate

from django.core.files.base import ContentFile
from django.utils import timezone
from PIL import Image as Pillow

from articles.models import Article, Author, Contribution, Correction, Figure, Image, Section, Source, Topic
from articles.short_ids import ALPHABET, LENGTH
from articles.slugs import make_slug
from articles.terms import Syndication

YEARS = 40
VOCABULARY = 60_000
AUTHORS, TOPICS, SOURCES, PICTURES = 1_500, 2_000, 12, 40
SECTIONS = ("City", "Politics", "Harbour", "Business", "Culture", "Sport", "Science", "Opinion")
SMALL_WORDS = (  # as common as they are
    "the of and to in a that was for on with it as at by he from is his had be not she were this but they have an or which said would who one "
    "their been has more her there when will if out so than up into them about could its no time some after two other only over new years now"
)
EVERYWHERE = "This story was generated."
STARTS, MIDDLES = "b br c ch d dr f fl g gr h j k l m n p pl r s sh st t th tr v w", "a e i o u ai ea ou"
ENDS, ENDINGS = "ck d ft l ll m n nd ng p r rd rn s st t th v", ("", "s", "ing", "ed", "er", "al")
PRIME = 7_368_787  # shares no divisor with the number of short ids, so that every story gets another


class Press:
    """Makes the rows of an archive, the same for the same seed and the same moment."""

    def __init__(self, count: int, seed: int, now: datetime):
        self.count, self.now, self.random = count, now, random.Random(seed)  # noqa: S311 (nothing is secret here)
        self.words = self._vocabulary()
        self.weights = list(accumulate(1 / (rank + 2.7) for rank in range(1, len(self.words) + 1)))  # Zipf's law, as Mandelbrot has it

    def subjects(self) -> None:
        """Make sections, topics, authors, sources and pictures; `skewed()` then picks among them."""
        named = [self._names(count) for count in (TOPICS, AUTHORS, SOURCES)]
        self.sections = self._make(Section, SECTIONS)
        self.topics, self.authors, self.sources = (self._make(model, names) for model, names in zip((Topic, Author, Source), named, strict=True))
        self.images = [self._picture(number) for number in range(min(PICTURES, self.count))]

    def stories(self) -> Iterator[dict[type, list[tuple]]]:
        """Yield the rows of one story after the other, the oldest first, by model, as COLUMNS has them."""
        span, moments = timedelta(days=YEARS * 365), []
        for _ in range(self.count):
            moments.append(self.now - span * (1 - self.random.random() ** 0.6))  # later years are fuller
        for number, moment in enumerate(sorted(moments), start=1):
            yield self._story(number, moment)

    def _story(self, number: int, moment: datetime) -> dict[type, list[tuple]]:
        headline, standfirst = self._sentence(6, 11), self._sentence(14, 24) + "."
        paragraphs = [" ".join(self._sentence(9, 22) + "." for _ in range(3)) for _ in range(self.random.randint(5, 11))]
        authors = self._skewed(self.authors, 2 if self.random.random() < 0.1 else 1)
        short_id, image = short_id_of(number), self.random.choice(self.images) if self.random.random() < 0.6 else None
        caption = self._sentence(8, 14) + "." if image else ""
        paragraphs[-1] += f" {EVERYWHERE}"
        body, day = "".join(f"<p>{text}</p>" for text in paragraphs), timezone.localdate(moment)
        story = (
            number, short_id, self._skewed(self.sections)[0].pk, self._skewed(self.sources)[0].pk, "", headline, standfirst, "", body, "", "", "",
            Article.Status.PUBLISHED, f"{make_slug(headline, short_id)[:90]}-{short_id}", moment, day, "", False,
            "; ".join(author.name for author in authors), caption, standfirst, sum(text.count(" ") + 1 for text in paragraphs),
        )  # fmt: skip
        topics = self._skewed(self.topics, self.random.randint(1, 4))
        return {
            Article: [story],
            Article.topics.through: [(number, topic.pk) for topic in topics],
            Contribution: [(number, author.pk, Contribution.Role.WRITER, place) for place, author in enumerate(authors, start=1)],
            Figure: [(number, image.pk, caption, 1, True)] if image else [],
            Correction: [(number, "CORRECTION", standfirst, moment + timedelta(days=1))] if number % 100 == 0 else [],
        }

    def _sentence(self, least: int, most: int) -> str:
        words = self.random.choices(self.words, cum_weights=self.weights, k=self.random.randint(least, most))
        return " ".join(words).capitalize()

    def _skewed(self, rows: list, count: int = 1) -> list:
        """Return `count` different ones of `rows`, the first of them much more often than the last."""
        found = {}
        while len(found) < min(count, len(rows)):
            row = rows[int(len(rows) * self.random.random() ** 3)]
            found[row.pk] = row
        return list(found.values())

    def _vocabulary(self) -> list[str]:
        starts, middles, ends = STARTS.split(), MIDDLES.split(), ENDS.split()
        made = dict.fromkeys(SMALL_WORDS.split())
        while len(made) < VOCABULARY:
            syllables = self.random.choice((1, 2, 2, 3))
            stem = "".join(self.random.choice(starts) + self.random.choice(middles) for _ in range(syllables))
            made[stem + self.random.choice(ends) + self.random.choice(ENDINGS)] = None
        return list(made)

    def _names(self, count: int) -> list[str]:
        """Return different names of two words."""
        found = {}
        while len(found) < min(count, self.count + 10):
            found[" ".join(word.capitalize() for word in self.random.sample(self.words[1_000:], 2))] = None
        return list(found)

    def _make(self, model: type, names) -> list:
        ours = {"syndication": Syndication.FOR_SALE} if model is Source else {}
        rows = [model(name=name, slug=f"{make_slug(name, 'x')}-{place}", **ours) for place, name in enumerate(names)]
        return model.objects.bulk_create(rows)

    def _picture(self, number: int) -> Image:
        file, shade = BytesIO(), number * 37 % 120
        Pillow.linear_gradient("L").resize((1200, 800)).convert("RGB").point(lambda value: value // 2 + shade).save(file, "JPEG")
        image = Image(alt_text=self._sentence(6, 10), credit="Generated", width=1200, height=800, syndication=Syndication.FOR_SALE)
        image.file.save(f"generated-{number}.jpg", ContentFile(file.getvalue()), save=False)
        image.save()
        return image


COLUMNS = {  # the stories last: an entry of the index is made once, when all that hangs on its story is there
    Article.topics.through: ("article_id", "topic_id"),
    Contribution: ("article_id", "author_id", "role", "position"),
    Figure: ("article_id", "image_id", "caption", "position", "is_lead"),
    Correction: ("article_id", "kind", "text", "made_at"),
    Article: (
        "id", "short_id", "section_id", "source_id", "kicker", "headline", "standfirst", "dateline", "body", "language", "source_url", "syndication",
        "status", "slug", "published_at", "published_on", "withdrawal_reason", "is_legal_takedown", "byline", "captions", "summary", "word_count",
    ),
}  # fmt: skip


def short_id_of(number: int) -> str:
    """Return the short id of a story by its number: different for each, and in no order that one sees."""
    rest, letters = number * PRIME % len(ALPHABET) ** LENGTH, ""
    for _ in range(LENGTH):
        rest, place = divmod(rest, len(ALPHABET))
        letters += ALPHABET[place]
    return letters
