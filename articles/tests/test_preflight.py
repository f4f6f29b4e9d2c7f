"""What is looked over before a story is printed."""

from datetime import timedelta

import pytest
from django.conf import settings
from django.utils import timezone

from articles.models import Article, Image
from articles.models.verbs import in_words
from articles.preflight import look_over
from articles.tests.build import make_article, make_figure, make_image, make_section, make_source, make_topic
from articles.tests.newsroom import EDITOR, change_url, filled_in, sign_in

pytestmark = pytest.mark.django_db
PUBLISH = {"articles_article_save_and_publish": "1"}


def whole(**fields) -> Article:
    """Return a draft in which nothing is missing."""
    given = {"standfirst": "Nobody looked at the clock.", "authors": ["Ines Calloway"], "topics": ["Ferries"], "source": make_source(is_ours=True)}
    return make_article("Ferry late", **given | fields)


def said(article: Article) -> list[tuple[str, bool]]:
    return [(finding.words, finding.stops) for finding in look_over(article)]


def test_nothing_is_said_of_a_story_in_which_nothing_is_missing():
    article = whole()
    make_figure(article, image=make_image(credit="Photo: Owen Strand", syndication="FREE"))

    assert said(article) == []


def test_everything_that_is_missing_is_said():
    article = make_article("Ferry late " * 11)
    article.standfirst = "Late. " * 60
    make_figure(article)
    make_figure(article, caption="", image=make_image())
    Image.objects.update(alt_text="")
    article.body += '<figure data-figure="7"></figure>'

    assert said(article) == [
        ("The text has a place for picture 7, and there is none.", True),
        ("Picture 2: It has no alternative text. Say in the picture library what is seen in it.", True),
        ("The headline has 121 letters. Search engines and phones cut it after 110.", False),
        ("The standfirst has 360 letters: more than two sentences.", False),
        ("The byline names nobody.", False),
        ("No topic: “More about” stays empty, and no topic page has the story.", False),
        ("No source: every request to republish it goes to the rights desk.", False),
        ("Picture 1 has a caption and no picture: readers are told that it is missing.", False),
        ("Picture 2 has no caption.", False),
        ("Picture 2 has no credit.", False),
        ("Nobody has said whether picture 2 may be republished: buyers have to ask for it.", False),
    ]


def test_finding_about_a_picture_leads_to_it():
    article, image = make_article(), make_image()
    make_figure(article, image=image)

    page = sign_in("editor", *EDITOR).get(change_url(article)).text

    assert f'Picture 1 has no credit. <a href="/admin/articles/image/{image.pk}/change/"' in page


def test_links_inside_the_archive_are_followed(django_assert_num_queries):
    now = timezone.now()
    printed, moved = make_article("In print", publish=True, topics=["Clocks"]), make_article("Moved", publish=True)
    old = moved.get_absolute_url()
    moved.move(slug="moved-away")
    draft, withdrawn = make_article("Draft"), make_article("Withdrawn", publish=True)
    withdrawn.withdraw("It was wrong.")
    later = make_article("Later", published_at=now + timedelta(days=2), publish=True)
    make_topic("Empty"), make_section("New")
    make_topic("Clock faces").former_slugs.create(slug="dials")
    printed.topics.add(make_topic("Clock faces"))
    good = [
        printed.get_absolute_url(),
        settings.SITE_URL + printed.get_absolute_url() + "#clock",
        f"/s/{printed.short_id}/",
        old,
        "/topic/clocks/",
        "/search/?q=x",
    ]
    good += ["https://example.org/nowhere/", "http://[", "mailto:desk@halyard.example", "/", "#top"]
    bad = ["/2020/01/01/nowhere/", "/2020/02/31/never/", "/s/2345678/", "/topic/empty/", "/nowhere/", "/nowhere.html"]
    bad += ["/admin/articles/article/1/change/", f"/preview/1.{'x' * 43}/"]
    doubtful = [f"/s/{draft.short_id}/", withdrawn.get_absolute_url(), later.get_absolute_url()]
    links = "".join(f'<p><a href="{href}">there</a></p>' for href in [*good, *bad, *doubtful])
    article = whole(body=links)
    article = Article.objects.for_reading().get(pk=article.pk)

    with django_assert_num_queries(5):
        found = said(article)

    assert found == [
        *((f"The link to {href} leads nowhere that readers can go.", True) for href in bad),
        (f"The link to {doubtful[0]} leads to a story that is not published.", True),
        ("There is a link to “Withdrawn”, which was withdrawn.", False),
        (f"The link to {doubtful[2]} leads to a story that readers see only from {in_words(later.opens_at)}.", False),
    ]


def test_an_embargo_and_a_date_that_has_passed_are_said():
    now = timezone.now()

    assert [words[:16] for words, _ in said(whole(embargoed_until=now + timedelta(days=1)))] == ["Under embargo: r"]
    assert [words[:24] for words, _ in said(whole(published_at=now - timedelta(days=40)))] == ["It will bear the date of"]
    assert said(whole(published_at=now + timedelta(days=1))) == []


# --- In the form


def test_a_fault_that_stops_a_story_keeps_it_from_being_published_and_everything_is_saved():
    client, article = sign_in("editor", *EDITOR), whole()
    sent = filled_in(client, change_url(article)) | {"body": '<p>See <a href="/nowhere/">there</a>.</p>'} | PUBLISH

    answer = client.post(change_url(article), sent, follow=True)
    again = client.post(change_url(article), filled_in(client, change_url(article)) | PUBLISH, follow=True)

    for page in (answer, again):
        assert "Saved, but not published yet" in page.text
        assert "The link to /nowhere/ leads nowhere" in page.text
    article.refresh_from_db()
    assert (article.status, "/nowhere/" in article.body) == ("DRAFT", True)


def test_what_was_said_above_the_form_does_not_stop_a_story_again():
    client, article = sign_in("editor", *EDITOR), whole(topics=[])
    sent = filled_in(client, change_url(article))

    first = client.post(change_url(article), sent | PUBLISH | {"standfirst": ""}, follow=True)
    assert "There is no standfirst" in first.text
    assert Article.objects.get().status == "DRAFT"
    client.post(change_url(article), filled_in(client, change_url(article)) | PUBLISH)

    assert Article.objects.get().status == "PUBLISHED"


def test_new_story_is_saved_and_shown_with_what_is_missing_before_it_is_published():
    client, section = sign_in("editor", *EDITOR), make_article().section

    answer = client.post(
        "/admin/articles/article/add/", {"headline": "Ferry early", "body": "<p>One.</p>", "section": section.pk} | PUBLISH, follow=True
    )

    article = Article.objects.get(headline="Ferry early")
    assert (article.status, answer.redirect_chain[0][0]) == ("DRAFT", change_url(article))
    assert "The byline names nobody." in answer.text


def test_a_scheduled_story_that_is_saved_stays_scheduled_whatever_is_missing():
    client, article = sign_in("editor", *EDITOR), make_article(published_at=timezone.now() + timedelta(days=1), publish=True)

    client.post(change_url(article), filled_in(client, change_url(article)) | {"standfirst": "", "kicker": "Late"})

    article.refresh_from_db()
    assert (article.state, article.kicker) == ("Scheduled", "Late")


def test_nothing_is_looked_over_of_a_story_in_print():
    article = make_article(publish=True)

    page = sign_in("editor", *EDITOR).get(change_url(article)).text

    assert "Before it is published" not in page
