"""Which words of a page a translator cannot reach: every translated string is marked, and what has no mark and is no datum is left."""

import re
from html.parser import HTMLParser

from django.apps import apps
from django.conf import settings
from django.db.models import CharField, TextField
from django.utils import translation
from django_countries import countries

from articles.templatetags import dates

OPEN, SHUT = "⟦", "⟧"
READ_OUT = ("alt", "title", "aria-label", "placeholder", "data-said", "data-refused", "data-count")
APPS = ("articles", "licensing", "newsletters", "flatpages")
NOT_READ = {"script", "style", "textarea", "code", "svg"}


def mark_translations(monkeypatch) -> None:
    """Put marks round everything that gettext returns."""
    real = {name: getattr(translation, name) for name in ("gettext", "pgettext", "ngettext", "npgettext")}
    for name, translate in real.items():
        monkeypatch.setattr(translation._trans, name, _marking(getattr(translation._trans, name, None) or translate))
    monkeypatch.setattr(countries, "_iter_cache", {}, raising=False)  # names that were translated before, and would be after
    monkeypatch.setattr(dates, "_written", dates._written.__wrapped__)


def _marking(translate):
    return lambda *words: f"{OPEN}{text}{SHUT}" if (text := translate(*words)) else text


class Texts(HTMLParser):
    """The texts of a page: what is printed, read out, and shown in lists of hits."""

    def __init__(self):
        super().__init__()
        self.texts, self.skipped, self.depth = [], [], 0

    def handle_starttag(self, tag, attributes):
        found = dict(attributes)
        if tag in NOT_READ:
            self.skipped.append(tag)
        self.texts += [found[name] for name in READ_OUT if found.get(name)]
        if tag == "meta" and found.get("name") == "description":
            self.texts.append(found["content"])

    def handle_endtag(self, tag):
        if self.skipped and self.skipped[-1] == tag:
            self.skipped.pop()

    def handle_data(self, data):
        if not self.skipped:
            self.texts.append(OPEN * self.depth + data)  # a translated sentence goes on in its links
            self.depth += data.count(OPEN) - data.count(SHUT)


def texts_of(html: str) -> list[str]:
    """Return the texts of HTML, white space made one."""
    page = Texts()
    page.feed(re.sub(r"</?mark>", "", html))  # words that were searched for, within a text
    return [" ".join(text.split()) for text in page.texts if text.strip()]


def lines_of(text: str) -> list[str]:
    """Return the lines of plain text, white space made one; a translated sentence goes on in the next line."""
    lines, depth = [], 0
    for line in text.splitlines():
        lines.append(" ".join((OPEN * depth + line).split()))
        depth += line.count(OPEN) - line.count(SHUT)
    return lines


def data(without=()) -> list[str]:
    """Return every text of the database and of the publication, the longest first; `without` are models whose texts we write ourselves."""
    found = {settings.PUBLICATION_NAME, settings.PUBLICATION_TAGLINE, settings.SITE_URL, settings.RIGHTS_EMAIL}
    found.update(settings.BANK_ACCOUNT.splitlines())
    for model in apps.get_models():
        if model._meta.app_label in APPS and model not in without:
            names = [field.name for field in model._meta.concrete_fields if isinstance(field, CharField | TextField)]
            for row in model._base_manager.values_list(*names) if names else ():
                for value in row:
                    texts = texts_of(str(value)) if "<" in str(value) else [" ".join(str(value).split()), *lines_of(str(value))]
                    found.update([*texts, " ".join(texts)])
    return sorted((each for each in found if re.search(r"\w{2}", each)), key=len, reverse=True)


def unmarked(text: str, known: list[str]) -> str:
    """Return what of a text is neither translated nor a datum; nothing where no word is left."""
    kept, depth = [], 0
    for letter in text:
        depth += (letter == OPEN) - (letter == SHUT)
        kept += letter if depth == 0 and letter != SHUT else " " if letter == SHUT else ""
    rest = " ".join("".join(kept).split())
    pieces = [piece.strip() for piece in rest.split("…")] if rest.endswith("…") else []
    is_cut = bool(pieces) and all(any(piece in each for each in known) for piece in pieces)
    if is_cut or not re.search(r"[^\W\d_]{2}", rest) or rest in known:
        return ""
    rest = re.sub(r"\S+@\S+|https?://\S+", " ", rest)
    for each in known:
        if len(each) > 5 and each in rest:
            rest = re.sub(rf"(?<!\w){re.escape(each)}(?!\w)", " ", rest)
    return " ".join(rest.split()) if re.search(r"[^\W\d_]{2}", rest) else ""
