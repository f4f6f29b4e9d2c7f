"""What is typed and not saved: nothing of it is lost, and nobody saves over somebody else's work unawares."""

from datetime import timedelta

import pytest
from django.utils import timezone

from articles.models import Article, Sitting
from articles.tasks import forget_sittings
from articles.tests.build import make_article, make_figure, make_image
from articles.tests.newsroom import EDITOR, WRITER, change_url, complaints, filled_in, print_changes, rows, save, sign_in

pytestmark = pytest.mark.django_db
ADD = "/admin/articles/article/add/"


@pytest.fixture
def editor():
    return sign_in("editor", *EDITOR, first_name="Ada", last_name="Palm")


def typed(client, url: str, **changes) -> dict:
    return filled_in(client, url) | changes


def keep(client, article: Article | None, data: dict):
    response = client.post(change_url(article, "sitting") if article else f"{ADD}sitting/", data)
    return response.json() if response.status_code == 200 else response.status_code


def test_what_was_typed_comes_back_after_a_crash_as_it_was(editor):
    article, image = make_article(authors=["Ines Calloway"]), make_image()
    pictures = rows("figures", [{"position": 1, "image": image.pk, "caption": "The quay", "is_lead": True}])
    data = typed(editor, change_url(article), headline="Ferry ea", published_at_0="32 Juneteenth", **pictures)
    keep(editor, article, data)

    offered = editor.get(change_url(article))
    back = filled_in(editor, f"{change_url(article)}?left={Sitting.objects.get().pk}")

    assert "did not save it" in offered.text
    assert "Ferry ea" in offered.text
    assert back.keys() == data.keys()
    assert {name: str(value) for name, value in back.items() if name != "window"} == {
        name: str(value) for name, value in data.items() if name != "window"
    }
    assert Article.objects.get().headline == "Ferry late for the fortieth time"


def test_what_was_typed_of_a_new_story_comes_back(editor):
    keep(editor, None, typed(editor, ADD, headline="Ferry ea"))

    assert "Ferry ea" in editor.get(ADD).text
    assert filled_in(editor, f"{ADD}?left={Sitting.objects.get().pk}")["headline"] == "Ferry ea"


def test_saved_story_is_not_offered_any_more(editor):
    article = make_article()
    keep(editor, article, typed(editor, change_url(article), headline="Ferry ea"))
    left = f"{change_url(article)}?left={Sitting.objects.get().pk}"
    data = filled_in(editor, left)
    keep(editor, article, data)

    response = editor.post(left, data)

    assert complaints(response) == []
    assert Article.objects.get().headline == "Ferry ea"
    assert not Sitting.objects.exists()


def test_refused_form_keeps_what_was_typed(editor):
    article = make_article()
    data = typed(editor, change_url(article), headline="", kicker="Quay")
    keep(editor, article, data)

    refused = editor.post(change_url(article), data)

    assert complaints(refused) == ["This field is required."]
    assert Sitting.objects.get().typed["kicker"] == ["Quay"]
    assert refused.context["adminform"].form["window"].value() == data["window"]


def test_what_one_editor_types_is_shown_to_no_other(editor):
    article, other = make_article(), sign_in("other", *EDITOR)
    keep(editor, article, typed(editor, change_url(article), headline="Ferry secret"))
    key = Sitting.objects.get().pk

    assert "Ferry secret" not in other.get(change_url(article)).text
    assert "Ferry secret" not in other.get(f"{change_url(article)}?left={key}").text
    assert "Ferry secret" not in other.get(f"{ADD}?left={key}").text


@pytest.mark.parametrize("key", ["0", "abc", "9" * 30, "-1", "%00"])
def test_window_that_is_none_opens_the_story_as_it_is(editor, key):
    article = make_article()

    response = editor.get(f"{change_url(article)}?left={key}")

    assert response.status_code == (400 if key == "%00" else 200)


def test_who_else_is_at_a_story_is_said_while_they_are_there(editor):
    article, other = make_article(), sign_in("other", *EDITOR)
    keep(editor, article, {"window": "a"})

    there = keep(other, article, {"window": "b"})
    Sitting.objects.filter(window="a").update(heard_at=timezone.now() - timedelta(minutes=1))
    gone = keep(other, article, {"window": "b"})

    assert (there["others"], gone["others"]) == (["Ada Palm"], [])


def test_window_learns_that_somebody_has_saved(editor):
    article = make_article()
    before = keep(editor, article, {"window": "a"})["latest"]

    save(sign_in("other", *EDITOR), article, headline="Ferry early")

    assert keep(editor, article, {"window": "a"})["latest"] == before + 1


def test_only_those_who_may_change_a_story_keep_anything_of_it(editor):
    printed = make_article(publish=True)

    assert keep(sign_in("writer", *WRITER), printed, {"window": "a", "headline": "x"}) == 403
    assert keep(sign_in("nobody"), None, {"window": "a", "headline": "x"}) == 403
    assert set(editor.get(change_url(printed, "sitting")).json()) == {"token"}
    assert sign_in("watcher", "articles.view_article").get(change_url(printed, "sitting")).status_code == 403
    assert keep(editor, printed, {"window": "no window!"}) == 400
    assert not Sitting.objects.exists()


def test_what_is_due_and_to_whom_comes_back_too():
    chief = sign_in("chief", is_superuser=True)
    keep(chief, None, typed(chief, ADD, headline="x", due_at_0="2030-01-02", due_at_1="09:00"))

    back = filled_in(chief, f"{ADD}?left={Sitting.objects.get().pk}")

    assert (back["due_at_0"], back["due_at_1"]) == ("2030-01-02", "09:00")


def test_what_nobody_came_back_for_in_a_month_is_forgotten(editor):
    keep(editor, None, {"window": "old", "headline": "x"})
    Sitting.objects.update(heard_at=timezone.now() - timedelta(days=31))
    keep(editor, None, {"window": "new", "headline": "y"})

    forget_sittings(0)

    assert [sitting.window for sitting in Sitting.objects.all()] == ["new"]


def test_only_what_the_form_has_is_kept(editor):
    keep(editor, None, {"window": "a", "headline": "x", "csrfmiddlewaretoken": "secret", "password": "secret", "names_author": ["1", "2"]})

    assert Sitting.objects.get().typed == {"headline": ["x"], "names_author": ["1", "2"]}


# --- Two editors at one story


def clash(editor, **mine):
    """Have somebody else save a story meanwhile; return it, and the answer to what was sent."""
    article = make_article("Ferry late", body="<p>One.</p><p>Two.</p>", kicker="Quay")
    data = typed(editor, change_url(article), **mine)
    save(sign_in("other", *EDITOR), article, headline="Ferry early", body="<p>One.</p><p>Two, too.</p>")
    return article, data, editor.post(change_url(article), data)


def again(response, data: dict, **buttons) -> dict:
    return data | {"seen": response.context["adminform"].form["seen"].value()} | buttons


def test_both_versions_are_shown_and_nothing_is_saved(editor):
    _article, _data, refused = clash(editor, headline="Ferry later")

    assert "<del>early</del>" in refused.text
    assert "<ins>later</ins>" in refused.text
    assert Article.objects.get().headline == "Ferry early"


def test_mine_takes_the_place_of_theirs_when_i_say_so(editor):
    article, data, refused = clash(editor, headline="Ferry later")

    editor.post(change_url(article), again(refused, data, _save="1"))

    assert Article.objects.get().headline == "Ferry later"
    assert [row.story["headline"] for row in article.revisions.all()] == ["Ferry early", "Ferry later"]


def test_both_are_put_together_and_saved_once_looked_over(editor):
    article = make_article("Ferry late", body="<p>One.</p><p>Two.</p>", kicker="Quay")
    save(editor, article)  # so that there is a state that both began with
    data = typed(editor, change_url(article), kicker="Harbour", body="<p>One!</p><p>Two.</p>")
    save(sign_in("other", *EDITOR), article, headline="Ferry early", body="<p>One.</p><p>Two, too.</p>")
    refused = editor.post(change_url(article), data)
    base = refused.context["clash"]["base"]

    merged = editor.post(change_url(article), again(refused, data, _merge=str(base)))

    form = merged.context["adminform"].form
    assert [form[name].value() for name in ("headline", "kicker")] == ["Ferry early", "Harbour"]
    assert "One!" in form["body"].value()
    assert "Two, too." in form["body"].value()
    assert Article.objects.get().kicker == "Quay"


def test_nobody_prints_over_a_correction_that_was_made_meanwhile(editor):
    article = make_article("Ferry late", publish=True)
    make_figure(article)
    data = typed(editor, change_url(article), headline="Ferry later", correction_text="Later.", articles_article_print_changes="1")
    print_changes(sign_in("other", *EDITOR), article, "Early.", headline="Ferry early")

    refused = editor.post(change_url(article), data)

    assert len(complaints(refused)) == 1
    assert Article.objects.get().headline == "Ferry early"
