"""The rich-text field for a body."""

import re

from django.conf import settings
from django.template.loader import render_to_string
from django.templatetags.static import static
from django.urls import reverse
from django_prose_editor.fields import ProseEditorFormField
from django_prose_editor.widgets import AdminProseEditorWidget
from js_asset import ImportMap, Media, Script

from articles import body
from articles.models import Article
from articles.models.stories import WORDS_A_MINUTE

MENU = ["blockType -lists", "lists", "nodes -blockType -lists", "marks", "link", "table", "history"]  # buttons all, so that the keyboard reaches them
PAGE = {  # what a static page may have
    "Menu": {"groups": [{"group": group} for group in MENU]},
    "Bold": True,
    "Italic": True,
    "Subscript": True,
    "Superscript": True,
    "Heading": {"levels": [2, 3]},
    "BulletList": True,
    "OrderedList": {"enableListAttributes": False},
    "ListItem": True,
    "Blockquote": True,
    "HardBreak": True,
    "HorizontalRule": True,
    "Link": {"enableTarget": False, "protocols": ["http", "https", "mailto"], "defaultProtocol": "https"},
    "Table": True,
    "TableRow": True,
    "TableHeader": True,
    "TableCell": True,
    "PullQuote": True,
    "FactBox": True,
    "Paste": True,
}
STORY = PAGE | {"Document": False, "StoryDocument": True, "StoryFigure": True}
MODULES = ["asides", "figures", "links", "paste"]
BLOCK = re.compile(r"\s*(</?(?:p|h2|h3|blockquote|aside|ul|ol|li|hr|figure|table|thead|tbody|tr|th|td)\b[^>]*>)\s*")
WRAPPED = re.compile(r"(<(?:li|th|td|aside)[^>]*>)<p>|</p>(?=</(?:li|th|td|aside)>)")
EMPTY = re.compile(r"<p>(?:\s|&nbsp;|<br>)*</p>")


class BodyWidget(AdminProseEditorWidget):
    """The editor with our own nodes and dialogs, and how long the text is."""

    @property
    def media(self):
        chooser = ImportMap({"newsroom/chooser": "js/chooser.js"})
        return super().media + Media(js=[Script("js/counting.js", type="module")], importmap=chooser)

    def get_config(self):
        return super().get_config() | {"js_modules": [static(f"js/{name}.js") for name in MODULES]}

    def render(self, name, value, attrs=None, renderer=None):
        words = len(body.plain_text(value or "").split())
        context = {
            "field": super().render(name, value, attrs, renderer), "words": words, "minutes": Article(word_count=words).minutes,
            "words_a_minute": WORDS_A_MINUTE, "site_url": settings.SITE_URL, "has_pictures": "StoryFigure" in self.config["extensions"],
            "picture_url": reverse("admin:articles_article_choose_picture"), "story_url": reverse("admin:articles_article_choose_story"),
        }  # fmt: skip
        return render_to_string("admin/articles/_writing.html", context)


def essence(html: str) -> str:
    """Return what the HTML of a body says, in one way of writing it."""
    html = BLOCK.sub(r"\1", " ".join(body.sanitise(html).split()))
    return WRAPPED.sub(r"\1", re.sub(r' (?:col|row)span="1"|</?t(?:body|head)>|<p></p>', "", html))


class BodyFormField(ProseEditorFormField):
    """A body, in an editor that offers the elements a body may have: those of a story, unless told."""

    def __init__(self, *, extensions=STORY, **kwargs):
        super().__init__(config={"extensions": extensions}, widget=BodyWidget, preset="configurable", **kwargs)

    def has_changed(self, initial, data):
        """Whether the text or its marks differ; how the editor lays out its HTML is no change."""
        return essence(initial or "") != essence(data or "")

    def clean(self, value):
        return body.sanitise(EMPTY.sub("", super().clean(value)))
