"""Who may do what: every address of the newsroom, and every action, tried by every role. One that stands in no table here fails."""

from collections.abc import Iterator

import pytest
from django.contrib import admin
from django.contrib.auth.models import Group
from django.test import Client, RequestFactory
from django.urls import URLPattern, reverse

from articles.models import Article
from articles.models.record import snapshot
from articles.tests.build import make_article, make_figure, make_image, make_user
from newsroom import roles, urls  # noqa: F401 (they teach Django the converters of addresses)
from newsroom.tests.test_admin import ROWS

pytestmark = pytest.mark.django_db
ROLES = dict(zip("RSEPGA", roles.ROLES, strict=True))  # G is the rights manager
ALL = "RSEPGA"

# Of every table: who sees it, who adds, changes and deletes rows. Of stories, drafts of somebody else; R sees and changes those of their own.
TABLES = {
    "articles.article": ("SEPGA", "RSEA", "SEA", "EA"),
    "articles.author": ("RSEPGA", "SEA", "SEA", "EA"),
    "articles.bulkchange": ("SEA", "", "", ""),
    "articles.errorreport": ("SEA", "", "SEA", ""),
    "articles.frontpagestory": ("EA", "", "", ""),  # all four places are set on the page of the list
    "articles.image": ("RSEPGA", "SEPA", "SEPGA", "PA"),
    "articles.section": ("RSEPGA", "EA", "EA", "EA"),
    "articles.source": ("RSEPGA", "EA", "EGA", "EA"),
    "articles.topic": ("RSEPGA", "SEA", "SEA", "EA"),
    "auth.group": ("A", "A", "A", "A"),
    "auth.user": ("A", "A", "A", "A"),
    "flatpages.flatpage": ("EA", "EA", "EA", "EA"),
    "licensing.grant": ("GA", "GA", "GA", "GA"),
    "licensing.licence": ("GA", "", "", ""),
    "licensing.licensee": ("GA", "GA", "GA", "GA"),
    "licensing.licenceorder": ("GA", "", "", ""),
    "licensing.licenceterms": ("GA", "GA", "GA", "GA"),
    "licensing.ratecard": ("GA", "GA", "GA", "GA"),
    "mail.message": ("GA", "", "", ""),
    "newsletters.issue": ("EA", "", "", ""),
    "newsletters.subscription": ("EA", "", "", ""),
    "procrastinate.procrastinatejob": ("A", "", "", ""),
}
IN_FORCE = {"licensing.licenceterms", "licensing.ratecard"}  # whose row is kept as it is
LISTS = {"articles.article": ALL, "articles.frontpagestory": "EA"}  # whose list more may open than see any row of somebody else's
# Every other address: who may open it, and whose form it takes.
PAGES = {
    "articles_article_preview": ("SEPGA", "SEPGA"),
    "articles_article_revisions": ("SEPGA", "SEA"),
    "articles_article_frames": ("SEPGA", "SEPGA"),
    "articles_article_links": ("SEA", "SEA"),
    "articles_article_notes": ("SEPGA", "SEPGA"),
    "articles_article_send_back": ("SEA", "SEA"),
    "articles_article_sitting": ("RSEA", "RSEA"),
    "articles_article_choose_picture": ("RSEA", "RSEA"),
    "articles_article_choose_story": ("RSEA", "RSEA"),
    "articles_article_withdraw": ("", ""),  # of a draft nothing is withdrawn
    "articles_article_in_print": ("", ""),
    "articles_article_reports": ("SEA", "SEA"),
    "articles_image_rendition": (ALL, ALL),
    "articles_image_together": ("SEPGA", "SEPGA"),
    "articles_image_upload": ("SEPA", "SEPA"),
    "articles_bulkchange_ask": ("", ""),  # but for who asked
    "articles_bulkchange_progress": ("SEA", "SEA"),
    "articles_bulkchange_step": ("EA", "EA"),
    "articles_author_merge": ("EA", "EA"),
    "articles_topic_merge": ("EA", "EA"),
    "auth_user_password_change": ("A", "A"),
    "licensing_ratecard_preview": ("GA", "GA"),
    "licensing_licence_revoke": ("GA", "GA"),
    "licensing_licenceorder_desk": ("GA", "GA"),
    "licensing_licenceorder_revenue": ("GA", "GA"),
    "licensing_licenceorder_cancel_stories": ("GA", "GA"),
    **{
        f"licensing_licenceorder_{verb}": ("GA", "GA")
        for verb in ("approve", "offer", "decline", "record_payment", "record_refund", "put_on_account")
    },
}
OPEN = {"index", "login", "logout", "password_change", "password_change_done", "autocomplete", "jsi18n", "view_on_site", "app_list", "search"}
# What stands in the lists' menus, and on the forms' lines of buttons.
ACTIONS = {
    "delete_selected": None,  # as a row is deleted
    "articles.article": {"print_changes", "drop_working_copy", "stay", "save_and_publish", "save_and_submit"}
    | {"publish_many", "tag_many", "move_many", "withdraw_many", "give_many", "export_csv"},
    "articles.author": {"merge"},
    "articles.topic": {"merge"},
    "articles.image": {"edit_together"},
    "procrastinate.procrastinatejob": {"retry"},
    "licensing.ratecard": {"copy"},
}


def patterns(found=None) -> Iterator[str]:
    for pattern in admin.site.urls[0] if found is None else found:
        if isinstance(pattern, URLPattern):
            yield pattern.name
        else:
            yield from patterns(pattern.url_patterns)


NAMES = sorted({name for name in patterns() if name} - OPEN)


@pytest.fixture
def rows() -> dict:
    """Return a row of every table; the story is in review, written by somebody else, and an error in it is reported."""
    article = make_article(authors=["Ines Calloway"], topics=["Ferries"])
    make_figure(article, image=make_image())
    article.publish()
    for model in admin.site._registry:
        if not model.objects.exists():
            ROWS[model._meta.label]() if model._meta.label in ROWS else make_user("row")
    found = {model._meta.label_lower: model.objects.first() for model in admin.site._registry}
    draft = make_article("Draft of somebody else")
    draft.error_reports.create(text="It was eleven minutes.")
    draft.keep(snapshot(draft))
    draft.submit()
    return found | {"articles.article": draft}


def member(letter: str) -> Client:
    user = make_user(f"member-{letter}")
    user.groups.add(Group.objects.get(name=ROLES[letter]))
    client = Client()
    client.force_login(user)
    return client


def expected(name: str) -> tuple[str, str]:
    """Return who may open the address of a name, and whose form it takes."""
    if name in PAGES:
        return PAGES[name]
    app, model, page = name.split("_", 2)
    view, add, change, delete = TABLES[f"{app}.{model}"]
    if f"{app}.{model}" in IN_FORCE:
        change = delete = ""
    return {
        "changelist": (LISTS.get(f"{app}.{model}", view), LISTS.get(f"{app}.{model}", view)),
        "add": (add, add), "change": (view, change), "delete": (delete, delete), "history": (view, view),
    }[page]  # fmt: skip


def address(name: str, rows: dict) -> str:
    app, model, *_ = name.split("_")
    row = rows[f"{app}.{model}"]
    if name == "articles_image_rendition":
        return reverse("admin:articles_image_rendition", args=[row.short_id, row.smallest.name])
    lone = name.endswith(
        ("_changelist", "_add", "_desk", "_revenue", "_sitting", "_choose_picture", "_choose_story", "_upload", "_together", "_merge")
    )
    return reverse(f"admin:{name}", args=[] if lone else [row.pk])


def is_refused(response) -> bool:
    return (
        response.status_code in {403, 404} or response.status_code == 302 and (response.url == "/admin/" or response.url.startswith("/admin/login/"))
    )


@pytest.mark.parametrize("letter", ALL)
def test_every_address_is_open_to_those_roles_only_that_the_table_names(rows, letter):
    client, wrong = member(letter), []
    for name in NAMES:
        may_open, may_send = expected(name)
        where = address(name, rows)
        for method, may in ((client.get, may_open), (client.post, may_send)):
            response = method(where, {"revision": "1"} if name.endswith("_revisions") else {})
            b"".join(response if response.streaming else ())  # a picture is read to its end
            if is_refused(response) == (letter in may):
                wrong.append((name, method.__name__, response.status_code, getattr(response, "url", "")))

    assert not wrong, "\n".join(map(str, wrong))


@pytest.mark.parametrize("model", sorted(admin.site._registry, key=lambda model: model._meta.label), ids=lambda model: model._meta.label)
def test_every_action_stands_in_the_table_and_is_offered_to_those_who_may(model):
    model_admin = admin.site._registry[model]
    request = RequestFactory().get("/")
    for letter in ALL:
        request.user = make_user(f"actor-{letter}")
        request.user.groups.add(Group.objects.get(name=ROLES[letter]))
        assert ("delete_selected" in model_admin.get_actions(request)) == (letter in TABLES[model._meta.label_lower][3])

    own = {name for _, name, _ in model_admin._get_base_actions()} | set(model_admin.actions_submit_line or ())
    assert own - {"delete_selected"} == ACTIONS.get(model._meta.label_lower, set())


# --- Stories, by crafted requests


def own_draft(user, **fields) -> Article:
    return make_article("Own draft", created_by=user, **fields)


BUTTONS = {
    "articles_article_save_and_publish": ("EA", "PUBLISHED"),
    "articles_article_save_and_submit": ("SEA", "IN_REVIEW"),
}


@pytest.mark.parametrize("letter", ALL)
@pytest.mark.parametrize("button", BUTTONS)
def test_story_is_published_and_sent_to_review_by_those_who_may_whatever_is_sent(letter, button):
    client = member(letter)
    draft = make_article("Draft of somebody else")
    may, status = BUTTONS[button]
    sent = {
        "headline": "Changed",
        "body": "<p>Changed.</p>",
        "section": draft.section_id,
        "status": "PUBLISHED",
        button: "1",
        "correction_kind": "UPDATE",
        "shown": "standfirst byline topics source",
    }

    client.post(f"/admin/articles/article/{draft.pk}/change/", sent)

    changed = Article.objects.get(pk=draft.pk)
    assert (changed.status == status) == (letter in may)
    assert (changed.headline == "Changed") == (letter in "SEA")


def test_reporter_writes_a_story_and_sends_it_to_review_and_touches_it_no_more():
    client = member("R")
    section = make_article().section
    sent = {"headline": "Own draft", "body": "<p>One.</p>", "section": section.pk, "correction_kind": "UPDATE"}
    client.post("/admin/articles/article/add/", sent)
    draft = Article.objects.get(headline="Own draft")
    where = f"/admin/articles/article/{draft.pk}/change/"

    changed = client.post(where, sent | {"headline": "Own draft, better", "seen": "1", "articles_article_save_and_publish": "1"})
    submitted = client.post(where, sent | {"headline": "Own draft, best", "seen": "2", "articles_article_save_and_submit": "1"})
    late = client.post(where, sent | {"headline": "Own draft, after all", "seen": "3"})

    assert (changed.status_code, submitted.status_code, late.status_code) == (302, 302, 403)
    draft.refresh_from_db()
    assert (draft.headline, draft.status, draft.created_by.username) == ("Own draft, best", "IN_REVIEW", "member-R")
    assert [event.words for event in draft.events.all()] == ["sent to review"]


def test_reporter_sees_no_draft_of_others_but_what_they_were_given():
    client = member("R")
    make_article("Secret draft")
    given = make_article("Given draft")
    given.assign(make_user("sub"))
    given.assign(type(given.assigned_to).objects.get(username="member-R"))
    make_article("In print", publish=True)

    page = client.get("/admin/articles/article/").text
    found = client.get("/admin/articles/article/?q=draft").text

    assert ("Secret draft" in page, "Given draft" in page, "In print" in page) == (False, True, True)
    assert ("Secret draft" in found, "Given draft" in found) == (False, True)


def test_an_installation_that_has_changed_a_role_keeps_its_change():
    from django.apps import apps

    group = Group.objects.get(name="Reporter")
    extra = Group.objects.get(name="Editor").permissions.get(codename="publish_article")
    group.permissions.add(extra)

    roles.grant(apps)

    assert extra in group.permissions.all()
    assert Group.objects.count() == len(roles.ROLES)
