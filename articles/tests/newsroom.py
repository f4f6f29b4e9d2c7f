"""The newsroom's forms, as a browser fills them in."""

from django.test import Client

from articles.models import Article
from articles.tests.build import make_user

WRITER = [f"articles.{what}_{row}" for row in ("article", "contribution", "figure") for what in ("add", "change", "delete", "view")]
EDITOR = [*WRITER, *(f"articles.{verb}_article" for verb in ("publish", "correct", "withdraw"))]


def sign_in(username: str, *permissions: str, **fields) -> Client:
    """Return the browser of a member of the staff with these permissions."""
    client = Client()
    client.force_login(make_user(username, *permissions, **fields))
    return client


def change_url(article: Article, page: str = "change") -> str:
    return f"/admin/articles/article/{article.pk}/{page}/"


def filled_in(client: Client, url: str) -> dict:
    """Return what a browser would send were nothing touched in the form at `url`."""
    context = client.get(url).context
    formsets = [inline.formset for inline in context["inline_admin_formsets"]]
    forms = [context["adminform"].form, *(form for formset in formsets for form in (*formset.forms, formset.management_form))]
    return {name: value for form in forms for bound in form for name, value in _sent(bound).items()}


def _sent(bound) -> dict:
    value, name = bound.value(), bound.html_name
    if hasattr(bound.field.widget, "decompress"):
        parts = value if isinstance(value, list) else bound.field.widget.decompress(value)
        return {f"{name}_{number}": "" if part is None else str(part) for number, part in enumerate(parts)}
    if value is None or value is False:
        return {}
    if hasattr(bound.field.widget, "columns"):
        return rows(name, value)
    return {name: [getattr(row, "pk", row) for row in value] if isinstance(value, list) else "on" if value is True else value}


def rows(name: str, values: list[dict]) -> dict:
    """Return what a browser sends for the rows of a byline or of pictures."""
    columns = {"names": ("author", "role"), "figures": ("position", "image", "caption")}[name]
    lead = {f"{name}_lead": row["position"] for row in values if row.get("is_lead")}
    return {f"{name}_{column}": [str(row.get(column, "")) for row in values] for column in columns} | lead


def save(client: Client, article: Article, **changes):
    """Change a story in its form and press Save."""
    return client.post(change_url(article), filled_in(client, change_url(article)) | changes)


def print_changes(client: Client, article: Article, note: str = "", **changes):
    """Change a story in its form and press “Publish the changes”."""
    return save(client, article, correction_text=note, articles_article_print_changes="1", **changes)


def complaints(response) -> list[str]:
    """Return what the form says is wrong, everywhere in it."""
    if response.status_code != 200:
        return []
    found = [error for errors in response.context["adminform"].form.errors.values() for error in errors]
    for inline in response.context["inline_admin_formsets"]:
        found += list(inline.formset.non_form_errors())
        found += [error for errors in inline.formset.errors for messages in errors.values() for error in messages]
    return found
