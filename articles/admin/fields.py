"""The rich-text field for a body."""

import re

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
}
LINE = re.compile(r"<p>\s*\[picture (\d{1,3})\]\s*</p>", re.IGNORECASE)


class BodyFormField(ProseEditorFormField):
    """A body, in an editor that offers the elements a body may have.

    A line [picture 2] of its own stands for the place of the story's second picture.
    """

    def __init__(self, **kwargs):
        super().__init__(**{"config": {"extensions": EXTENSIONS}, "widget": AdminProseEditorWidget, "preset": "configurable"} | kwargs)

    def prepare_value(self, value):
        return body.PLACE.sub(r"<p>[picture \1]</p>", value) if value else value

    def clean(self, value):
        return body.sanitise(LINE.sub(r'<figure data-figure="\1"></figure>', super().clean(value)))
