"""Whatever is sent to the newsroom's forms and lists, the answer is a clear one and never a 500."""

import pytest

from articles.models import Article
from articles.tests.build import PARAGRAPH, make_article, make_figure, make_image, make_section, make_source, make_topic
from articles.tests.newsroom import EDITOR, complaints, filled_in, save, sign_in

pytestmark = pytest.mark.django_db
ADD = "/admin/articles/article/add/"
NOT_A_CHOICE = "Select a valid choice. That choice is not one of the available choices."
RUBBISH = ["abc", "-1", "1.5", "²", "9" * 30, "1,abc"]


@pytest.fixture
def editor():
    rows = ("image", "topic", "source", "author")
    return sign_in("editor", *EDITOR, *(f"articles.{what}_{row}" for row in rows for what in ("add", "change", "view")))


def initial(client, url: str) -> dict:
    response = client.get(url)
    assert response.status_code == 200
    return response.context["adminform"].form.initial


@pytest.mark.parametrize("rubbish", RUBBISH)
@pytest.mark.parametrize("field", ["source", "section"])
def test_choice_that_is_none_is_refused_in_words(editor, field, rubbish):
    article = make_article(authors=["Ines Calloway"])
    make_figure(article, image=make_image())

    response = save(editor, article, **{field: rubbish})

    assert complaints(response) == [NOT_A_CHOICE]


@pytest.mark.parametrize("rubbish", [*RUBBISH, "\0"])
@pytest.mark.parametrize(("field", "complaint"), [("figures_image", "One of the pictures is no"), ("names_author", "One of the names is no")])
def test_name_or_picture_that_is_none_is_refused_in_words(editor, field, complaint, rubbish):
    article = make_article(authors=["Ines Calloway"])
    make_figure(article, image=make_image())

    response = save(editor, article, **{field: [rubbish]})

    assert [words.startswith(complaint) for words in complaints(response)] == [True]


@pytest.mark.parametrize("field", ["source"])
def test_nul_for_a_choice_is_refused_in_words(editor, field):
    article = make_article(authors=["Ines Calloway"])
    make_figure(article, image=make_image())

    response = save(editor, article, **{field: "\0"})

    assert complaints(response) == ["Null characters are not allowed."]


@pytest.mark.parametrize("rubbish", [*RUBBISH, "\0", ["1", "abc"]])
def test_topics_that_are_none_are_refused_in_words(editor, rubbish):
    article = make_article(topics=["Ferries"])

    response = save(editor, article, topics=rubbish)

    assert len(complaints(response)) == 1
    assert [topic.name for topic in article.topics.all()] == ["Ferries"]


def test_refused_form_keeps_the_choices_that_are_some(editor):
    article, topic, source = make_article(), make_topic("Tides"), make_source("The Merrow Gazette")

    page = save(editor, article, topics=[str(topic.pk), "abc"], source=source.pk).text

    assert f'<option value="{topic.pk}" selected>Tides</option>' in page
    assert f'<option value="{source.pk}" selected>The Merrow Gazette</option>' in page


def test_new_story_is_refused_in_words(editor):
    filled = filled_in(editor, ADD) | {"headline": "Ferry late", "body": PARAGRAPH, "section": make_section().pk, "topics": "abc", "source": "abc"}

    response = editor.post(ADD, filled)

    assert complaints(response) == ["“abc” is not a valid value.", NOT_A_CHOICE]
    assert not Article.objects.exists()


@pytest.mark.parametrize("rubbish", ["abc", "9" * 30, "-1", "%C2%B2", "1,abc", "0001-01-01T00:00%2B14:00", "9999-12-31T23:59-14:00", "2024-02-30"])
@pytest.mark.parametrize("field", ["topics", "source", "section", "published_at", "embargoed_until", "figures", "body", "abc"])
def test_form_opens_whatever_its_address_would_fill_in(editor, field, rubbish):
    assert editor.get(f"{ADD}?{field}={rubbish}").status_code == 200


def test_form_fills_in_what_its_address_says(editor):
    section, topic, source = make_section("Court"), make_topic("Tides"), make_source("The Merrow Gazette")

    url = f"{ADD}?headline=Late&section={section.pk}&topics={topic.pk}&source={source.pk}&published_at=2024-05-06T07:08"
    sent = filled_in(editor, url)

    assert [sent[field] for field in ("headline", "section", "source", "topics")] == ["Late", section.pk, source.pk, [str(topic.pk)]]
    assert (sent["published_at_0"], sent["published_at_1"]) == ("2024-05-06", "07:08:00")


def test_source_that_is_none_leaves_the_paper_itself(editor):
    ours = make_source("The Halyard", is_ours=True)

    assert initial(editor, f"{ADD}?source=abc")["source"] == ours


@pytest.mark.parametrize(
    "address",
    [
        "autocomplete/?app_label=articles&model_name=article&field_name=topics&term=%00",
        "autocomplete/?app_label=articles&model_name=article&field_name=topics&term=fer%00ry",
        "articles/article/?status__exact=%00",
        "articles/article/?q=%00",
        "articles/article/?q=a&status__exact%00=b",
        "articles/article/add/?headline=%00",
    ],
)
def test_nul_in_a_query_is_a_bad_request(editor, address):
    assert editor.get("/admin/" + address.replace("%00", "")).status_code in {200, 302}

    assert editor.get("/admin/" + address).status_code == 400


def test_two_that_look_like_a_nul_are_none(editor):
    assert editor.get("/admin/articles/article/?q=%2500").status_code == 200
