"""What the desk does not let happen, however unlucky the moment: each of these once did."""

from datetime import timedelta

import pytest
from django.contrib.auth.models import Group
from django.test import Client
from django.utils import timezone

from articles.comparing import compare
from articles.models import Article, FormerAddress, Image, Sitting
from articles.models.record import snapshot
from articles.tests.build import make_article, make_figure, make_image, make_source, make_topic, make_user
from articles.tests.newsroom import EDITOR, change_url, complaints, filled_in, save, sign_in

pytestmark = pytest.mark.django_db
DAY = timedelta(days=1)
PUBLISH = {"articles_article_save_and_publish": "1"}


@pytest.fixture
def editor():
    return sign_in("editor", *EDITOR)


def now():
    return timezone.now()


def scheduled(**fields) -> Article:
    return make_article("Ferry later", published_at=now() + 2 * DAY, publish=True, **fields)


def test_save_brings_no_story_back_whose_moment_to_be_withdrawn_has_come(editor, client):
    article = make_article(published_at=now() - 2 * DAY, publish=True)
    article.withdraw("A court forbids it.", True, at=now() + DAY)
    sent = filled_in(editor, change_url(article)) | {"standfirst": "Late."}
    Article.objects.update(withdrawn_at=now() - timedelta(seconds=20))

    editor.post(change_url(article), sent)

    article.refresh_from_db()
    assert (article.status, article.is_legal_takedown, client.get(article.get_absolute_url()).status_code) == ("WITHDRAWN", True, 451)


def test_clash_is_not_passed_over_because_something_else_is_wrong_too(editor):
    article = make_article("Ferry late")
    sent = filled_in(editor, change_url(article)) | {"headline": "Ferry later", "section": ""}
    save(sign_in("other", *EDITOR), article, body="<p>A page of text.</p>")

    refused = editor.post(change_url(article), sent)
    again = editor.post(change_url(article), sent | {"section": article.section_id, "seen": refused.context["adminform"].form["seen"].value()})

    assert "Mend what is marked below" in " ".join(complaints(refused))
    assert again.context["clash"]
    assert "A page of text." in Article.objects.get().body


def test_saving_what_somebody_else_has_saved_is_no_clash(editor):
    article = make_article("Ferry late")
    sent = filled_in(editor, change_url(article)) | {"headline": "Ferry early"}
    save(sign_in("other", *EDITOR), article, headline="Ferry early")

    assert editor.post(change_url(article), sent).status_code == 302


def test_a_note_about_what_is_in_print_does_not_clash_with_its_working_copy(editor):
    article = make_article(publish=True)
    article.keep(snapshot(article) | {"topics": ["ferries"], "body": "<p>New.</p>"} | {"topics": [make_topic("Ferries").slug]})
    sent = filled_in(editor, change_url(article)) | {"kicker": "Late"}
    Article.objects.get().sort(add=[make_topic("Ferries")])

    assert editor.post(change_url(article), sent).status_code == 302
    working_copy = Article.objects.get().working_copy.story
    assert (working_copy["body"], working_copy["kicker"]) == ("<p>New.</p>", "Late")


def test_secret_link_shows_no_story_that_was_taken_down_before_readers_saw_it(client):
    article = scheduled()
    make_figure(article, image=make_image())
    link = article.share("Our lawyer", now() + DAY, by=make_user())
    article.withdraw("A court forbids it.", True)

    page = client.get(link.get_absolute_url())

    assert (page.status_code, "This link has ended" in page.text) == (410, True)
    assert client.get(f"{link.get_absolute_url()}{Image.objects.get().short_id}/480.jpg").status_code == 404


# --- Scheduled stories


def test_what_is_brought_back_into_a_scheduled_story_keeps_to_the_terms_of_its_pictures(editor):
    image = make_image(is_single_use=True)
    article, other = make_article(), make_article("Another")
    make_figure(article, image=image)
    article.keep(snapshot(article))
    article.keep(snapshot(article) | {"figures": []})
    article.publish(at=now() + DAY)
    make_figure(other, image=image)
    other.publish()

    answer = editor.post(change_url(article, "revisions"), {"revision": "1"}, follow=True)

    assert "It was not brought back: Picture 1: It is licensed for one use" in answer.text
    assert not Article.objects.get(pk=article.pk).figures.exists()


def test_what_is_brought_back_is_what_will_be_in_print(editor):
    article = make_article("Ferry late")
    article.keep(snapshot(article))
    article.keep(snapshot(article) | {"headline": "Ferry early"})
    article.publish(at=now() + DAY)

    editor.post(change_url(article, "revisions"), {"revision": "1"})

    article.refresh_from_db()
    assert (article.state, article.headline, article.revisions.printed().last().story["headline"]) == ("Scheduled", "Ferry late", "Ferry late")


def test_save_that_fails_leaves_a_scheduled_story_as_it_was(editor):
    article = scheduled()
    make_figure(article, image=make_image(terms_end_on=timezone.localdate() + 3 * DAY))
    late = timezone.localtime(now() + 9 * DAY)

    refused = save(editor, article, published_at_0=f"{late:%Y-%m-%d}", published_at_1="12:00:00")

    assert "Nothing was saved" in " ".join(complaints(refused))
    changed = Article.objects.get()
    assert (changed.state, changed.published_at) == ("Scheduled", article.published_at)


def test_scheduled_story_takes_no_link_that_leads_nowhere(editor):
    article = scheduled()

    refused = save(editor, article, body='<p><a href="/nowhere/">There</a></p>')

    assert "leads nowhere" in " ".join(complaints(refused))
    assert "nowhere" not in Article.objects.get().body


def test_correction_takes_no_link_that_leads_nowhere_but_those_that_stand_there(editor):
    article = make_article(body='<p><a href="/gone/">Gone</a></p>', publish=True)
    button = {"articles_article_print_changes": "1", "correction_text": "It was later."}

    refused = save(editor, article, body='<p><a href="/gone/">Gone</a> <a href="/nowhere/">There</a></p>', **button)
    taken = save(editor, article, body='<p>Later. <a href="/gone/">Gone</a></p>', **button)

    assert "/nowhere/ leads nowhere" in " ".join(complaints(refused))
    assert (taken.status_code, "Later." in Article.objects.get().body) == (302, True)


def test_moved_moment_of_a_scheduled_story_leaves_no_dead_link():
    article = scheduled()
    old = article.published_on

    sign_in("editor", *EDITOR)
    article.reschedule(snapshot(article), published_at=now() + 5 * DAY, embargoed_until=None, slug="")

    assert FormerAddress.objects.get().published_on == old
    assert Article.objects.get().slug == article.slug


def test_withdrawal_of_a_scheduled_story_is_taken_back_and_its_moment_stays_before_it(editor):
    article = scheduled()
    article.withdraw("No.", at=now() + 4 * DAY)
    late = timezone.localtime(now() + 6 * DAY)

    refused = save(editor, article, published_at_0=f"{late:%Y-%m-%d}", published_at_1="12:00:00")
    save(editor, article, articles_article_stay="1")

    assert "readers would never see it" in " ".join(complaints(refused))
    assert Article.objects.get().withdrawn_at is None


def test_withdrawn_story_is_published_again_once_what_is_missing_was_shown(editor):
    article = make_article(publish=True)
    article.withdraw("It was wrong.")

    assert "The byline names nobody." in editor.get(change_url(article)).text
    save(editor, article, **PUBLISH)

    assert Article.objects.get().status == "PUBLISHED"


# --- Who sees what, and what is kept


@pytest.mark.parametrize("page", ["preview", "frames", "revisions", "notes"])
def test_reporter_reads_nothing_that_the_desk_says_of_a_story_of_others(page):
    reporter, article = Client(), make_article(publish=True)
    user = make_user("reporter")
    user.groups.add(Group.objects.get(name="Reporter"))
    reporter.force_login(user)
    own = make_article("Own", created_by=user, publish=True)

    assert (reporter.get(change_url(article, page)).status_code, reporter.post(change_url(article, page), {"text": "x"}).status_code) == (403, 403)
    assert reporter.get(change_url(own, page)).status_code == 200


def test_dropped_working_copy_leaves_what_was_typed_among_the_revisions(editor):
    article = make_article("Ferry late", publish=True)
    article.keep(snapshot(article) | {"headline": "Ferry early"})

    save(editor, article, headline="Ferry earlier", articles_article_drop_working_copy="1")

    assert (Article.objects.get().working_copy, article.revisions.last().story["headline"]) == (None, "Ferry earlier")


def test_picture_of_a_working_copy_is_used_and_not_deleted():
    boss, article, image = make_user("boss", is_superuser=True), make_article(publish=True), make_image()
    figure = {"position": 1, "is_lead": False, "caption": "", "picture": {"short_id": image.short_id}}
    article.keep(snapshot(article) | {"figures": [figure]})
    client = Client()
    client.force_login(boss)

    page = client.post(f"/admin/articles/image/{image.pk}/delete/", {"post": "yes"})

    assert ("The working copy of" in page.text, Image.objects.count(), Image.objects.unused().exists()) == (True, 1, False)


def test_what_was_left_in_another_window_is_thrown_away_where_it_says_so(editor):
    article = make_article()
    user = make_user("other")
    mine = Sitting.objects.hear("mine", type(user).objects.get(username="editor"), article, {"headline": ["x"]})
    theirs = Sitting.objects.hear("theirs", user, article, {"headline": ["x"]})

    for each in (mine, theirs):
        editor.post(change_url(article, "sitting"), {"forget": each.pk})

    assert list(Sitting.objects.all()) == [theirs]


def test_rubbish_is_no_broken_page(editor):
    article = make_article()
    image = make_image()

    assert editor.post("/admin/articles/article/", {"action": "publish_many", "_selected_action": ["abc", "\0"]}).status_code in {200, 302}
    assert editor.post(change_url(article, "sitting"), {"window": "a", "headline": "a\0b"}).status_code == 200
    assert save(editor, article, figures_position=["1"], figures_image=[image.pk], figures_caption=["a\0b"]).status_code == 302
    assert save(editor, make_article("Never kept"), _merge="1", seen="0").status_code in {200, 302}
    article.assign(make_user("x" * 150, first_name="y" * 150, last_name="z" * 150))
    for year in ("0999", "9999"):
        wrong = save(editor, article, published_at_0=f"{year}-12-31", published_at_1="23:30:00")
        assert "The date lies outside the years 1001 to 2998." in complaints(wrong)


def test_long_paragraphs_are_compared_without_marks():
    story = snapshot(make_article(source=make_source()))
    long = "<p>" + " ".join(f"word{number}" for number in range(2_000)) + "</p>"

    (part,) = compare(story | {"body": long}, story | {"body": long.replace("word7 ", "")})

    assert [("<del>" in row.before, row.is_same) for row in part.rows] == [(False, False)]
