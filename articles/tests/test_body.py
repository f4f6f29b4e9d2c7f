"""What a body may hold, its words, and the places of its pictures."""

import pytest

from articles import body
from articles.models import Article
from articles.tests.build import make_article, make_figure


@pytest.mark.parametrize(
    ("dirty", "clean"),
    [
        ("<p>Tide<script>alert(1)</script> out</p>", "<p>Tide out</p>"),
        ('<p onclick="alert(1)">Tide</p>', "<p>Tide</p>"),
        ('<p><a href="javascript:alert(1)">Tide</a></p>', '<p><a rel="noopener">Tide</a></p>'),
        ('<p><a href=" jAvAsCrIpT:alert(1)">Tide</a></p>', '<p><a rel="noopener">Tide</a></p>'),
        ('<p><a href="data:text/html,x">Tide</a></p>', '<p><a rel="noopener">Tide</a></p>'),
        ('<p><a href="https://example.org/" target="_blank">Tide</a></p>', '<p><a href="https://example.org/" rel="noopener">Tide</a></p>'),
        ('<iframe src="https://example.org/"></iframe><p>Tide</p>', "<p>Tide</p>"),
        ("<style>p { color: red }</style><p style='color: red' class='big' id='top'>Tide</p>", "<p>Tide</p>"),
        ("<svg><script>alert(1)</script><circle onload='alert(1)'/></svg><p>Tide</p>", "<p>Tide</p>"),
        ("<math><mtext><style><img src=x onerror=alert(1)></style></mtext></math><p>Tide</p>", "<p>Tide</p>"),
        ('<p>Tide<img src="https://example.org/pixel.gif" onerror="alert(1)"></p>', "<p>Tide</p>"),
        ("<p>Tide<!-- a comment --></p>", "<p>Tide</p>"),
        ("<p>Ti\x00de</p>", "<p>Tide</p>"),
        ("<form action='/admin/'><input name='q'><button>Tide</button></form>", "Tide"),
        ("<div><p>Tide <b>and</b> <strong>time</strong></p></div>", "<p>Tide and <strong>time</strong></p>"),
        ("<p>Tide <em>out", "<p>Tide <em>out</em></p>"),
        ("<h3>Tide</h3><h2>Noon</h2><h3>Slack</h3>", "<h2>Tide</h2><h2>Noon</h2><h3>Slack</h3>"),
        ("<scr<script>ipt>alert(1)</scr</script>ipt><p>Tide</p>", "ipt&gt;alert(1)ipt&gt;<p>Tide</p>"),
    ],
)
def test_body_keeps_only_the_elements_it_may_have(dirty, clean):
    assert body.sanitise(dirty) == clean


@pytest.mark.parametrize(
    "dirty", ["<p>Tide <b>out", '<figure data-figure="x"><p>Tide</p></figure>', "<p>a &lt; b &amp; c&nbsp;d</p>", "<table><tr><td>1"]
)
def test_clean_body_stays_as_it_is(dirty):
    once = body.sanitise(dirty)

    assert body.sanitise(once) == once


@pytest.mark.parametrize(
    ("html", "kept"),
    [
        ('<figure data-figure="2"></figure>', '<figure data-figure="2"></figure>'),
        ('<figure data-figure="2" class="wide" onclick="alert(1)"></figure>', '<figure data-figure="2"></figure>'),
        ('<figure data-figure="2 onload"></figure>', ""),
        ('<figure data-figure="1000"></figure>', ""),
        ("<figure></figure>", ""),
        ('<figure class="wide"></figure>', ""),
    ],
)
def test_figure_marker_is_a_number_or_nothing(html, kept):
    assert body.sanitise(html) == kept


@pytest.mark.parametrize(
    ("html", "words"),
    [
        ("<p>One</p><p>two</p>", "One two"),
        ("<ul><li>One</li><li>two</li></ul><h2>Three</h2>four", "One two Three four"),
        ("<p>One<br>two<hr>three</p>", "One two three"),
        ("<table><tr><th>Day</th><td>Tide</td></tr></table>", "Day Tide"),
        ("<p>Fish &amp; chips: 3 &lt; 4</p>", "Fish & chips: 3 < 4"),
        ("<p>un<strong>broken</strong></p>", "unbroken"),
        ('<p>&nbsp;</p><figure data-figure="1"></figure>', ""),
    ],
)
def test_plain_text_is_the_words_a_reader_reads(html, words):
    assert body.plain_text(html) == words


@pytest.mark.parametrize(
    ("html", "pieces"),
    [
        ("", []),
        ("<p>One</p>", ["<p>One</p>"]),
        ('<p>One</p><figure data-figure="2"></figure><p>Two</p>', ["<p>One</p>", 2, "<p>Two</p>"]),
        ('<figure data-figure="1"></figure>\n<figure data-figure="12"></figure>', [1, 12]),
    ],
)
def test_placed_gives_text_and_pictures_in_the_order_of_reading(html, pieces):
    assert body.placed(html) == pieces


@pytest.mark.django_db
def test_pictures_stand_where_they_are_placed_and_the_others_at_the_end():
    article = make_article(
        body='<p>One</p><figure data-figure="3"></figure><figure data-figure="9"></figure><p>Two</p><figure data-figure="3"></figure>'
    )
    lead = make_figure(article, "Above the story", is_lead=True)
    unplaced = make_figure(article, "At the end")
    third = make_figure(article, "Between the paragraphs")

    assert article.pieces == ["<p>One</p>", third, "<p>Two</p>", unplaced]
    assert article.lead == lead


@pytest.mark.django_db
def test_what_a_story_is_saved_with_is_sanitised():
    article = make_article(body="<p>Tide</p><script>alert(1)</script>")

    article.body = "<p>Tide</p><iframe src='https://example.org/'></iframe>"
    article.publish()

    assert Article.objects.get().body == "<p>Tide</p>"


def test_links_lead_to_the_web_or_to_a_mailbox_and_nowhere_else():
    links = ["https://example.org/", "http://example.org/", "mailto:desk@example.org", "ftp://example.org/", "data:text/html,x", "/s/k3x9f2b/"]

    kept = [link for link in links if link in body.sanitise(f'<p><a href="{link}">x</a></p>')]

    assert kept == ["https://example.org/", "http://example.org/", "mailto:desk@example.org", "/s/k3x9f2b/"]
