"""Who may do what in the newsroom: the six roles, each a group of Django's. An installation may change them in the admin."""

from collections.abc import Iterable

from django.contrib.auth.management import create_permissions

ALL = ("view", "add", "change", "delete")


def _each(app: str, model: str, *actions: str) -> set[str]:
    return {f"{app}.{action}_{model}" for action in actions or ALL}


def _view(app: str, *models: str) -> set[str]:
    return {f"{app}.view_{model}" for model in models}


WRITING = _view("articles", "section", "topic", "source", "author", "image") | {"articles.add_article", "articles.write_article"}
EDITING = WRITING | _each("articles", "article", "view", "change") | {"articles.correct_article", "articles.add_image", "articles.change_image"}
EDITING |= (
    _each("articles", "topic", "add", "change") | _each("articles", "author", "add", "change") | _each("articles", "errorreport", "view", "change")
)
EDITING |= _view("articles", "bulkchange")
PUBLISHING = EDITING | {f"articles.{verb}_article" for verb in ("publish", "withdraw", "assign", "delete")}
for _model in ("frontpagestory", "section", "topic", "source", "author"):
    PUBLISHING |= _each("articles", _model)
PUBLISHING |= _each("flatpages", "flatpage") | _view("newsletters", "issue", "subscription")
PICTURES = _view("articles", "article", "section", "topic", "source", "author") | _each("articles", "image")
RIGHTS = (
    _view("articles", "article", "section", "topic", "author", "image") | _each("articles", "source", "view", "change") | {"articles.change_image"}
)
for _model in ("ratecard", "rate", "licenceterms", "grant", "licensee"):
    RIGHTS |= _each("licensing", _model)
RIGHTS |= _view("licensing", "licenceorder", "licence", "payment", "refund", "delivery", "notice", "package") | _view("mail", "message")
RIGHTS |= {"licensing.decide_licenceorder", "licensing.record_payment", "licensing.record_refund", "licensing.revoke_licence"}

EVERYTHING = None  # whatever permissions there are when the role is granted
ROLES = {
    "Reporter": WRITING,  # writes, and sees of drafts only those that they have begun or were given
    "Sub-editor": EDITING,  # edits any draft, and corrects what is in print
    "Editor": PUBLISHING,  # publishes, schedules and withdraws
    "Picture editor": PICTURES,
    "Rights manager": RIGHTS,
    "Administrator": EVERYTHING,
}


def grant(apps, schema_editor=None, roles: Iterable[str] = tuple(ROLES)) -> None:
    """Make the groups of these roles and give each its permissions, from a migration; what an installation has added to a group stays."""
    for config in apps.get_app_configs():
        module, config.models_module = getattr(config, "models_module", None), True  # a migration's own state knows no modules
        create_permissions(config, apps=apps, verbosity=0)
        config.models_module = module
    permissions = apps.get_model("auth", "Permission").objects.select_related("content_type")
    known = {f"{each.content_type.app_label}.{each.codename}": each for each in permissions}
    for role in roles:
        group, _ = apps.get_model("auth", "Group").objects.get_or_create(name=role)
        wanted = known if ROLES[role] is EVERYTHING else ROLES[role]
        group.permissions.add(*(known[name] for name in wanted if name in known))  # what comes later, a later migration grants
