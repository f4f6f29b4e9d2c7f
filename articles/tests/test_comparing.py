"""Two versions of a story side by side, and three put together."""

import pytest

from articles.comparing import compare, merge
from articles.models.record import snapshot
from articles.tests.build import make_article, make_figure

pytestmark = pytest.mark.django_db
BODY = "<p>One.</p><p>Two.</p><p>Three.</p>"


@pytest.fixture
def base() -> dict:
    article = make_article("Ferry late", body=BODY, authors=["Ada Palm", "Ben Oak"], topics=["Tides"])
    make_figure(article, "The quay")
    return snapshot(article)


def seen(before: dict, after: dict) -> list[tuple]:
    return [(part.name, [(str(row.before), str(row.after)) for row in part.rows if not row.is_same]) for part in compare(before, after)]


def test_nothing_differs_between_a_story_and_itself(base):
    assert compare(base, dict(base)) == []


def test_words_that_differ_are_marked_and_all_else_stands_beside_them(base):
    after = base | {"headline": "Ferry very late", "body": "<p>One.</p><p>Two and a half.</p><p>Three.</p><h2>Four</h2>"}

    assert seen(base, after) == [
        ("Headline", [("Ferry late", "Ferry <ins>very </ins>late")]),
        ("Text", [("Two.", "Two<ins> and a half</ins>."), ("", "<ins>Subhead: Four</ins>")]),
    ]
    assert [row.is_same for row in compare(base, after)[1].rows] == [True, False, True, False]


def test_pictures_and_marks_in_the_text_are_seen(base):
    after = base | {"body": '<p>One.</p><p><strong>Two</strong>.</p><figure data-figure="1"></figure><p>Three.</p>'}

    [(_, rows)] = seen(base, after)

    assert rows == [("Two.", "<ins>&lt;strong&gt;</ins>Two<ins>&lt;/strong&gt;</ins>."), ("", "<ins>[picture 1]</ins>")]


def test_byline_pictures_and_topics_are_compared_in_words(base):
    after = base | {"byline": base["byline"][:1], "figures": [base["figures"][0] | {"is_lead": True}], "topics": []}

    assert seen(base, after) == [
        ("Byline", [("<del>Ben Oak, writer</del>", "")]),
        ("Pictures", [("1: The quay (no picture)", "1: The quay (no picture)<ins>, above the story</ins>")]),
        ("Topics", [("<del>tides</del>", "")]),
    ]


def test_what_is_compared_is_never_markup(base):
    after = base | {"headline": "<script>alert(1)</script>", "kicker": "a & b"}

    assert "<script" not in "".join(str(row) for part in compare(base, after) for row in (*part.rows[0][:2],))


@pytest.mark.parametrize("turned", [False, True])
def test_changes_of_two_editors_come_together(base, turned):
    theirs = base | {"headline": "Ferry early", "body": BODY.replace("One", "One (theirs)"), "topics": ["clocks", "tides"]}
    mine = base | {"kicker": "Quay", "body": BODY.replace("Three", "Three (mine)"), "byline": base["byline"][1:]}

    merged, clashes = merge(base, *((mine, theirs) if turned else (theirs, mine)))

    assert clashes == []
    assert merged == base | {
        "headline": "Ferry early", "kicker": "Quay", "topics": ["clocks", "tides"], "byline": base["byline"][1:],
        "body": "<p>One (theirs).</p><p>Two.</p><p>Three (mine).</p>",
    }  # fmt: skip


def test_where_both_changed_the_same_mine_stands_and_it_is_said(base):
    theirs = base | {"headline": "Ferry early", "body": BODY.replace("One", "Theirs")}
    mine = base | {"headline": "Ferry later", "body": BODY.replace("One", "Mine").replace("Three", "Four")}

    merged, clashes = merge(base, theirs, mine)

    assert clashes == ["Headline", "Text"]
    assert (merged["headline"], merged["body"]) == ("Ferry later", "<p>Mine.</p><p>Two.</p><p>Four.</p>")


def test_neighbours_changed_each_by_one_of_them_come_together(base):
    theirs = base | {"body": "<p>One, theirs.</p><p>Two.</p><p>Three.</p>"}
    mine = base | {"body": "<p>One.</p><p>Two, mine.</p><p>Three.</p>"}

    assert merge(base, theirs, mine) == (base | {"body": "<p>One, theirs.</p><p>Two, mine.</p><p>Three.</p>"}, [])


def test_same_change_of_both_is_no_clash(base):
    both = base | {"headline": "Ferry early"}

    assert merge(base, both, dict(both)) == (both, [])
