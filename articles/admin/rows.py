"""The parts of a story that are several: its byline and its pictures, each a field of rows in the story's own form.

A row has no key of its own, so two editors, an earlier state and what was typed before a crash all fit the same form.
"""

from itertools import zip_longest

from django import forms
from django.contrib import admin
from django.core.exceptions import ValidationError
from django.forms.utils import flatatt
from django.template.loader import render_to_string
from django.urls import reverse
from js_asset import Script
from unfold.widgets import SELECT_CLASSES, TEXTAREA_CLASSES

from articles.models import Author, Contribution, Figure, Image

from .base import KeySelect, is_key
from .pictures import thumbnail

MOST_ROWS = 100
GONE = {Author: "One of the names is no longer in the list of authors. Choose another.", Image: "One of the pictures is no longer in the library."}


def key_of(row) -> str:
    return str(row.pk) if row else ""


def found(model, keys: list[str]) -> dict[str, object]:
    """Return the rows of a table that have these keys, by key; raise ValidationError where one has gone."""
    wanted = {key for key in keys if key}
    rows = {str(row.pk): row for row in model.objects.filter(pk__in=[key for key in wanted if is_key(key)])} if wanted else {}
    if wanted - rows.keys():
        raise ValidationError(GONE[model])
    return rows


class RowsWidget(forms.Widget):
    """Rows of inputs that all have the same names; their order on the page is their order."""

    columns = ()  # the names of the inputs in a row
    of, field = None, ""  # what is found by typing: a field of a model
    known = {}  # rows that the form has read already, by key: each form has them of its own

    @property
    def media(self):
        return self._select.media + forms.Media(js=[Script("js/rows.js", type="module")])

    def render(self, name, value, attrs=None, renderer=None):
        return render_to_string(self.template_name, self.get_context(name, value, attrs))

    @property
    def _select(self) -> KeySelect:
        return KeySelect(self.of._meta.get_field(self.field), admin.site)

    def value_from_datadict(self, data, files, name):
        values = [data.getlist(f"{name}_{column}") for column in self.columns]
        return [dict(zip(self.columns, row, strict=True)) for row in zip_longest(*values, fillvalue="")][:MOST_ROWS]

    def value_omitted_from_data(self, data, files, name):
        return not any(f"{name}_{column}" in data for column in self.columns)

    def get_context(self, name, value, attrs):
        context = super().get_context(name, value, attrs)
        select = self._select
        rows, model = value or [], select.field.remote_field.model
        keys = {row[self.field] for row in rows if is_key(row[self.field])} - self.known.keys()
        chosen = self.known | ({str(row.pk): row for row in model.objects.filter(pk__in=keys)} if keys else {})
        context["widget"] |= {
            "add_url": reverse(f"admin:articles_{model._meta.model_name}_add"),
            "select": flatatt(select.build_attrs({}) | {"data-placeholder": "Type a name", "data-width": "100%"}),
            "choice": " ".join(SELECT_CLASSES), "text": " ".join(TEXTAREA_CLASSES),
            "rows": [row | {"chosen": chosen.get(row[self.field])} for row in rows],
        }  # fmt: skip
        return context


class BylineWidget(RowsWidget):
    template_name = "admin/articles/rows/byline.html"
    columns, of, field = ("author", "role"), Contribution, "author"

    def get_context(self, name, value, attrs):
        context = super().get_context(name, value, attrs)
        context["widget"]["roles"] = Contribution.Role.choices
        return context


class BylineField(forms.Field):
    """Who made the story: rows of an author's key and a role."""

    widget = BylineWidget

    @staticmethod
    def of(article) -> list[dict]:
        return [{"author": str(row.author_id), "role": row.role} for row in article.contributions.all()]

    def clean(self, value) -> list[dict]:
        """Return the rows that name somebody, with the authors themselves; raise ValidationError."""
        rows = [row for row in value if row["author"]]
        authors = found(Author, [row["author"] for row in rows])
        if any(row["role"] not in Contribution.Role.values for row in rows):
            raise ValidationError("Say of each name what they did.")
        if len({(row["author"], row["role"]) for row in rows}) < len(rows):
            raise ValidationError("The same name stands there twice with the same part.")
        return [{"author": authors[row["author"]], "role": row["role"]} for row in rows]

    def has_changed(self, initial, data) -> bool:
        return [row for row in data or () if row["author"]] != (initial or [])


class FiguresWidget(RowsWidget):
    template_name = "admin/articles/rows/figures.html"
    columns, of, field = ("position", "image", "caption"), Figure, "image"

    def value_from_datadict(self, data, files, name):
        rows, lead = super().value_from_datadict(data, files, name), data.get(f"{name}_lead", "")
        return [row | {"is_lead": bool(lead) and row["position"] == lead} for row in rows]

    def get_context(self, name, value, attrs):
        context = super().get_context(name, value, attrs)
        for row in context["widget"]["rows"]:
            row["thumbnail"] = thumbnail(row["chosen"]) if row["chosen"] else ""
        context["widget"]["picture_url"] = reverse("admin:articles_article_choose_picture")
        context["widget"]["has_lead"] = any(row["is_lead"] for row in context["widget"]["rows"])
        return context


class FiguresField(forms.Field):
    """The pictures of the story: rows of a number that the body calls it by, a picture's key and a caption; one may be the lead."""

    widget = FiguresWidget

    @staticmethod
    def of(article) -> list[dict]:
        return [
            {"position": str(row.position), "image": str(row.image_id or ""), "caption": row.caption, "is_lead": row.is_lead}
            for row in article.figures.all()
        ]

    def clean(self, value) -> list[Figure]:
        """Return the figures, not saved; a row without a number gets the next one. Raises ValidationError."""
        rows = [row for row in value if row["image"] or row["caption"].strip()]
        images = found(Image, [row["image"] for row in rows])
        numbers = [int(row["position"]) for row in rows if row["position"].isascii() and row["position"].isdecimal() and len(row["position"]) < 4]
        if len(set(numbers)) < len(numbers):
            raise ValidationError("Two pictures have the same number.")
        last, figures = max(numbers, default=0), []
        for row in rows:
            if row["position"] not in map(str, numbers):
                last += 1
                row["position"] = str(last)
            figures.append(
                Figure(
                    position=int(row["position"]),
                    image=images.get(row["image"]),
                    caption=row["caption"].replace("\0", "").strip(),
                    is_lead=row["is_lead"],
                )
            )
        for figure in figures:
            try:
                figure.clean_fields(exclude=["article", "image"])
            except ValidationError as problem:
                raise ValidationError([f"Picture {figure.position}: {words}" for words in problem.messages]) from None
        return figures

    def has_changed(self, initial, data) -> bool:
        return [row for row in data or () if row["image"] or row["caption"].strip()] != (initial or [])
