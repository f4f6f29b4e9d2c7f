"""The rich-text field for a body."""

import re

from django.templatetags.static import static
from django_prose_editor.fields import ProseEditorFormField
from django_prose_editor.widgets import AdminProseEditorWidget

from articles import body

EXTENSIONS = {
    "Bold": True,
    "Italic": True,
    "Subscript": True,
    "Superscript": True,
    "Heading": {"levels": [2, 3]},
    "BulletList": True,
    "OrderedList": True,
    "ListItem": True,
    "Blockquote": True,
    "HardBreak": True,
    "HorizontalRule": True,
    "Link": {"enableTarget": False, "protocols": ["http", "https", "mailto"]},
    "Table": True,
    "TableRow": True,
    "TableHeader": True,
    "TableCell": True,
    "PullQuote": True,
    "FactBox": True,
}
LINE = re.compile(r"<p>\s*\[picture (\d{1,3})\]\s*</p>", re.IGNORECASE)
BLOCK = re.compile(r"\s*(</?(?:p|h2|h3|blockquote|aside|ul|ol|li|hr|figure|table|thead|tbody|tr|th|td)\b[^>]*>)\s*")
WRAPPED = re.compile(r"(<(?:li|th|td|aside)[^>]*>)<p>|</p>(?=</(?:li|th|td|aside)>)")


class BodyWidget(AdminProseEditorWidget):
    """The editor, with our own nodes for pull quotes and fact boxes."""

    def get_config(self):
        return super().get_config() | {"js_modules": [static("js/asides.js")]}


def essence(html: str) -> str:
    """Return what the HTML of a body says, in one way of writing it."""
    html = BLOCK.sub(r"\1", " ".join(body.sanitise(html).split()))
    return WRAPPED.sub(r"\1", re.sub(r' (?:col|row)span="1"|</?t(?:body|head)>|<p></p>', "", html))


class BodyFormField(ProseEditorFormField):
    """A body, in an editor that offers the elements a body may have.

    A line [picture 2] of its own stands for the place of the story's second picture.
    """

    def __init__(self, **kwargs):
        super().__init__(**{"config": {"extensions": EXTENSIONS}, "widget": BodyWidget, "preset": "configurable"} | kwargs)

    def prepare_value(self, value):
        return body.PLACE.sub(r"<p>[picture \1]</p>", value) if value else value

    def has_changed(self, initial, data):
        """Whether the text or its marks differ; how the editor lays out its HTML is no change."""
        return essence(initial or "") != essence(LINE.sub(r'<figure data-figure="\1"></figure>', data or ""))

    def clean(self, value):
        return body.sanitise(LINE.sub(r'<figure data-figure="\1"></figure>', super().clean(value)))
