"""The newsroom: who may do what to a story, and what its form does."""

from datetime import UTC, datetime, timedelta

import pytest
from django.contrib.messages import get_messages
from django.utils import timezone

from articles.models import Article, Correction
from articles.tests.build import make_article, make_author, make_figure, make_image, make_section
from articles.tests.newsroom import EDITOR, WRITER, change_url, complaints, filled_in, print_changes, rows, save, sign_in

pytestmark = pytest.mark.django_db
NOON = datetime(2024, 6, 11, 12, tzinfo=UTC)
PUBLISH = {"articles_article_save_and_publish": "1"}
NO_NOTE = "This story is in print: say under “What changed” what readers should know."
STAYS = "This story is in print. To take it out of print, withdraw it."


@pytest.fixture
def editor():
    return sign_in("editor", *EDITOR)


@pytest.fixture
def writer():
    return sign_in("writer", *WRITER)


def said(response) -> list[str]:
    return [str(message) for message in get_messages(response.wsgi_request)]


# --- A writer


def test_writer_writes_a_story(writer):
    make_section()
    data = filled_in(writer, "/admin/articles/article/add/")

    response = writer.post("/admin/articles/article/add/", data | {"headline": "Ferry early", "body": "<p>Early.</p>", "section": make_section().pk})

    assert complaints(response) == []
    assert list(Article.objects.values_list("headline", "status")) == [("Ferry early", "DRAFT")]


def test_writer_cannot_publish_with_a_crafted_form(writer):
    article = make_article()
    data = filled_in(writer, "/admin/articles/article/add/") | {"headline": "Ferry early", "body": "<p>Early.</p>", "section": article.section.pk}
    crafted = PUBLISH | {"status": "PUBLISHED", "published_at_0": "2024-06-11", "published_at_1": "12:00"}

    changed = save(writer, article, headline="Ferry later", **crafted)
    added = writer.post("/admin/articles/article/add/", data | crafted)

    assert (changed.status_code, added.status_code) == (302, 302)
    assert sorted(Article.objects.values_list("headline", "status")) == [("Ferry early", "DRAFT"), ("Ferry later", "DRAFT")]


def test_writer_cannot_touch_a_story_in_print_or_scheduled(editor, writer):
    stories = [make_article(publish=True), make_article(published_at=timezone.now() + timedelta(hours=1), publish=True)]

    for article in stories:
        data = filled_in(editor, change_url(article)) | {"headline": "Ferry early", "correction_text": "It was early."}
        assert writer.post(change_url(article), data).status_code == 403
        assert writer.get(change_url(article, "withdraw")).status_code == 403
        assert writer.post(change_url(article, "withdraw"), {"reason": "Wrong."}).status_code == 403

    assert set(Article.objects.values_list("headline", "status")) == {("Ferry late for the fortieth time", "PUBLISHED")}
    assert not Correction.objects.exists()


def test_corrector_without_the_right_to_publish_cannot_bring_a_scheduled_story_forward(editor):
    article = make_article(published_at=timezone.now() + timedelta(hours=1), publish=True)
    data = filled_in(editor, change_url(article)) | {"published_at_0": "2024-06-11", "published_at_1": "12:00"}

    response = sign_in("corrector", *WRITER, "articles.correct_article").post(change_url(article), data)

    assert response.status_code == 403
    assert list(Article.objects.public()) == []


def test_stranger_is_sent_to_the_login(client):
    article = make_article()

    pages = [client.get(change_url(article, page)) for page in ("change", "preview", "withdraw", "in_print")]

    assert [(page.status_code, page.url.split("?")[0]) for page in pages] == [(302, "/admin/login/")] * 4


# --- Publishing


def test_editor_publishes_with_the_button(editor):
    article = make_article(authors=["Ines Calloway"])

    response = save(editor, article, headline="Ferry early", **PUBLISH)

    assert complaints(response) == []
    article = Article.objects.public().get()
    assert (article.headline, article.byline) == ("Ferry early", "Ines Calloway")
    assert [row.made_by.username for row in article.revisions.all()] == ["editor"] * 2


def test_byline_and_pictures_of_the_same_save_are_in_print(editor):
    article, author, image = make_article(), make_author(), make_image(credit="Photo: Owen Strand")
    names = rows("names", [{"author": author.pk, "role": "WRITER"}, {"author": "", "role": "WRITER"}])
    pictures = [{"position": 1, "image": image.pk, "caption": "The quay", "is_lead": True}, {"caption": "A picture that is lost"}, {}]

    response = save(editor, article, **names, **rows("figures", pictures), **PUBLISH, shown="standfirst topics source picture-1-terms picture-2-file")

    assert complaints(response) == []
    article = Article.objects.public().get()
    assert (article.byline, article.captions) == ("Ines Calloway", "The quay Photo: Owen Strand\nA picture that is lost")
    assert list(article.figures.values_list("position", "caption", "is_lead")) == [(1, "The quay", True), (2, "A picture that is lost", False)]


def test_story_that_cannot_be_printed_stays_a_draft_and_says_why(editor):
    authors = [make_author(f"{number} Ines{' Calloway' * 12}") for number in range(6)]
    article = make_article(authors=authors)

    response = save(editor, article, headline="Ferry early", **PUBLISH)

    assert said(response)[0].startswith("Saved, but not published: ")
    assert list(Article.objects.values_list("headline", "status")) == [("Ferry early", "DRAFT")]


# --- Correcting


@pytest.mark.parametrize(
    "change",
    [
        {"headline": "Ferry early"},
        {"kicker": "Quay"},
        {"standfirst": "Again."},
        {"dateline": "TERN ISLAND"},
        {"body": "<p>The ferry was early.</p>"},
        {"names_role": ["TRANSLATOR"]},
        {"names_author": [], "names_role": []},
        {"figures_caption": ["The quay"]},
        {"figures_lead": "1"},
        {"figures_position": [], "figures_image": [], "figures_caption": []},
    ],
)
@pytest.mark.parametrize("note", ["", "  "])
def test_nothing_that_readers_read_changes_in_print_without_a_note(editor, change, note):
    article = make_article(authors=["Ines Calloway"])
    make_figure(article)
    article.publish()

    refused = print_changes(editor, article, note, **change)
    unchanged = Article.objects.get()
    kept = article.revisions.count()
    response = print_changes(editor, article, "It was early.", **change)

    assert set(complaints(refused)) == {NO_NOTE}
    assert (unchanged.headline, unchanged.body, unchanged.byline) == (article.headline, article.body, article.byline)
    assert kept == 1
    assert complaints(response) == []
    assert list(article.corrections.values_list("kind", "text")) == [("CORRECTION", "It was early.")]
    assert list(article.revisions.values_list("event", "made_by__username")) == [("PUBLISHED", None), ("CORRECTED", "editor")]


def test_correction_that_the_model_refuses_changes_nothing_in_print(editor):
    article = make_article(publish=True)
    for number in range(6):
        article.contributions.create(author=make_author(f"{number} Ines{' Calloway' * 12}"))

    response = print_changes(editor, article, "It was early.", headline="Ferry early")

    assert complaints(response)[0].startswith("Nothing was saved: ")
    assert "Ferry early" in response.text
    assert Article.objects.get().headline == "Ferry late for the fortieth time"


def test_story_with_pictures_in_its_text_is_saved_untouched_without_a_note(editor):
    body = '<p>One</p>\n<figure data-figure="1"></figure>\n<ul>\n<li>Two</li>\n</ul>\n<table><tbody><tr><td>Three</td></tr></tbody></table>'
    article = make_article(body=body)
    make_figure(article)
    article.publish()
    as_the_editor_writes_it = '<p>One</p><figure data-figure="1"></figure><ul><li><p>Two</p></li></ul><table><tr><td><p>Three</p></td></tr></table>'

    untouched = print_changes(editor, article)
    laid_out = print_changes(editor, article, body=as_the_editor_writes_it)

    assert (complaints(untouched), complaints(laid_out)) == ([], [])
    assert Article.objects.get().body == article.body
    assert article.revisions.count() == 1


@pytest.mark.parametrize("field", ["published_at", "embargoed_until"])
def test_story_in_print_is_not_taken_out_of_it_by_its_dates(editor, field):
    article = make_article(published_at=NOON, publish=True)

    response = save(editor, article, **{f"{field}_0": "2099-01-01", f"{field}_1": "12:00"})

    assert complaints(response) == [STAYS]
    assert list(Article.objects.public()) == [article]


@pytest.mark.parametrize("withdrawn", [False, True])
def test_story_that_has_been_in_print_keeps_a_date(editor, withdrawn):
    article = make_article(published_at=NOON, publish=True)
    if withdrawn:
        article.withdraw("Wrong.")

    response = save(editor, article, published_at_0="", published_at_1="")

    assert complaints(response) == ["A story that has been in print keeps its date."]


@pytest.mark.parametrize(
    ("change", "address"),
    [({"slug": "ferry-early"}, "/2024/06/11/ferry-early/"), ({"published_at_0": "2024-06-12"}, "/2024/06/12/ferry-late/")],
)
def test_old_address_of_a_moved_story_leads_to_the_new_one(editor, client, change, address):
    article = make_article("Ferry late", published_at=NOON, publish=True)

    response = save(editor, article, **change)

    assert complaints(response) == []
    assert Article.objects.get().get_absolute_url() == address
    assert client.get("/2024/06/11/ferry-late/").headers["Location"] == address


def test_withdrawn_story_that_is_moved_answers_410_at_both_addresses(editor, client):
    article = make_article("Ferry late", published_at=NOON, publish=True)
    article.withdraw("Wrong.")

    save(editor, article, slug="ferry-early")

    assert [client.get(f"/2024/06/11/{slug}/").status_code for slug in ("ferry-late", "ferry-early")] == [410, 410]


def test_scheduled_story_is_changed_freely_and_its_byline_with_it(editor):
    article = make_article(published_at=timezone.now() + timedelta(hours=1), publish=True, authors=["Ines Calloway"])
    make_figure(article)

    response = save(editor, article, headline="Ferry early", names_role=["TRANSLATOR"])

    assert complaints(response) == []
    article = Article.objects.get()
    assert (article.headline, article.byline, article.state) == ("Ferry early", "Ines Calloway (translator)", "Scheduled")
    assert article.revisions.last().story["headline"] == "Ferry early"
    assert not Correction.objects.exists()


def test_scheduled_story_is_brought_forward_by_its_date(editor):
    article = make_article("Ferry late", published_at=timezone.now() + timedelta(hours=1), publish=True)

    response = save(editor, article, headline="Ferry early", published_at_0="2024-06-11", published_at_1="12:00")

    assert complaints(response) == []
    assert [(row.headline, row.get_absolute_url()) for row in Article.objects.public()] == [("Ferry early", "/2024/06/11/ferry-late/")]
    assert article.revisions.last().story["published_at"] == "2024-06-11T11:00:00Z"


# --- Withdrawing, deleting, previewing


def test_withdrawal_asks_for_a_reason(editor, client):
    article = make_article(published_at=NOON, publish=True)

    asked = editor.get(change_url(article, "withdraw"))
    refused = editor.post(change_url(article, "withdraw"), {"reason": "  "})
    before = client.get(article.get_absolute_url()).status_code
    done = editor.post(change_url(article, "withdraw"), {"reason": "The figures were another year's."})

    assert (asked.status_code, refused.context["form"].errors["reason"], before) == (200, ["This field is required."], 200)
    assert (done.status_code, done.url) == (302, change_url(article))
    page = client.get(article.get_absolute_url())
    assert (page.status_code, "The figures were another year&#x27;s." in page.text) == (410, True)
    assert article.revisions.last().made_by.username == "editor"


def test_story_that_has_been_in_print_cannot_be_deleted():
    superuser = sign_in("chief", is_superuser=True)
    printed, withdrawn, draft = make_article(publish=True), make_article(publish=True), make_article("Ferry early")
    withdrawn.withdraw("Wrong.")

    single = [superuser.post(change_url(article, "delete"), {"post": "yes"}).status_code for article in (printed, withdrawn, draft)]
    rows = {"action": "delete_selected", "_selected_action": [printed.pk, withdrawn.pk], "post": "yes"}
    superuser.post("/admin/articles/article/", rows)

    assert single == [403, 403, 302]
    assert list(Article.objects.order_by("pk")) == [printed, withdrawn]


def test_preview_shows_a_draft_with_its_pictures_to_staff_and_to_nobody_else(writer, client):
    article = make_article(authors=["Ines Calloway"])
    image = make_image()
    make_figure(article, image=image, is_lead=True)

    preview = writer.get(change_url(article, "preview"))
    picture = f"/admin/articles/image/{image.short_id}/480.jpg"
    watcher = sign_in("watcher", "articles.view_image")
    files = [watcher.get(picture), client.get(picture), client.get(f"/pictures/{image.short_id}/480.jpg")]
    reader = sign_in("reader")

    assert preview.status_code == 200
    assert [words in preview.text for words in (article.headline, "Ines Calloway", "The Margaret Lyle, late", picture, "only the newsroom")] == [
        True
    ] * 5
    assert "no-store" in preview.headers["Cache-Control"]
    assert b"".join(files[0].streaming_content)[:3] == b"\xff\xd8\xff"
    assert [file.status_code for file in files] == [200, 302, 404]
    assert "no-store" in files[0].headers["Cache-Control"]
    assert (reader.get(change_url(article, "preview")).status_code, reader.get(picture).status_code) == (403, 403)
    assert client.get(f"/s/{article.short_id}/").status_code == 404


@pytest.mark.parametrize("page", ["change", "preview", "withdraw", "in_print", "history", "delete"])
@pytest.mark.parametrize("number", ["0", "abc", "99999999999999999999", "-1", "%00", "1%27"])
def test_story_that_does_not_exist_is_not_found(editor, page, number):
    response = editor.get(f"/admin/articles/article/{number}/{page}/")

    assert response.status_code in {302, 403, 404}
