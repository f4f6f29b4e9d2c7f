"""Topics and authors that turn out to be one, and addresses that change: whatever led there leads there still."""

import pytest
from django.core.exceptions import ValidationError
from procrastinate.contrib.django.models import ProcrastinateJob

from articles.admin import merging as pages
from articles.models import Article, Author, Section, Topic, merging
from articles.models.sorting import Sorting
from articles.tasks import merge
from articles.tests.build import make_article, make_author, make_section, make_topic, make_user
from articles.tests.newsroom import EDITOR, filled_in, save, sign_in
from articles.tests.races import at_once

pytestmark = pytest.mark.django_db
CHIEF = [*EDITOR, *(f"articles.{verb}_{row}" for verb in ("view", "change", "delete") for row in ("topic", "author"))]


@pytest.fixture
def chief():
    return sign_in("chief", *CHIEF)


def test_topic_that_is_merged_gives_its_stories_parts_and_address(client):
    kept, gone, third = make_topic("Ferries"), make_topic("Ferry"), make_topic("Ferryboats")
    part = make_topic("The Margaret Lyle", part_of=gone)
    both = make_article("Both", topics=[kept, gone], publish=True)
    one = make_article("One", topics=[gone, third], publish=True)
    draft = make_article("Draft", topics=[gone])

    kept.absorb([gone.pk, third.pk], by=make_user())

    part.refresh_from_db()
    assert {article.headline: [topic.name for topic in article.topics.all()] for article in Article.objects.all()} == {
        "Both": ["Ferries"], "One": ["Ferries"], "Draft": ["Ferries"],
    }  # fmt: skip
    assert part.part_of == kept
    assert [topic.name for topic in Topic.objects.all()] == ["Ferries", "The Margaret Lyle"]
    assert one.entry.__class__.objects.filter(facets__contains=[f"topic:{kept.pk}"]).count() == 3
    assert one.events.last().words == "“Ferry”, “Ferryboats” merged into “Ferries”"
    assert (one.revisions.printed().last().event, one.revisions.printed().last().story["topics"]) == ("CHANGED", ["ferries"])
    assert (both.revisions.count(), draft.revisions.count()) == (2, 0)
    moved = client.get("/topic/ferry/?since=2020")
    assert (moved.status_code, moved.url) == (301, "/topic/ferries/?since=2020")
    assert client.get("/topic/ferryboats/rss.xml").url == "/topic/ferries/rss.xml"
    searched = [client.get(f"/search/?topic={slug}").context["stories"] for slug in ("ferries", "ferry")]
    assert searched[0] == searched[1] != []


def test_author_who_is_merged_signs_with_the_other_name_in_print(client):
    kept, gone = make_author("Ines Calloway"), make_author("I. Calloway")
    story = make_article(authors=[gone, kept], publish=True)
    story.contributions.create(author=gone, role="PHOTOGRAPHER", position=3)
    sold = story.revisions.printed().last()

    kept.absorb([gone.pk])

    story.refresh_from_db()
    assert story.byline == "Ines Calloway; Ines Calloway (photographer)"
    assert [row["name"] for row in story.revisions.printed().last().story["byline"]] == ["Ines Calloway"] * 2
    sold.refresh_from_db()
    assert (sold.is_intact, sold.story["byline"][0]["name"]) == (True, "I. Calloway")
    assert client.get("/author/i-calloway/").url == "/author/ines-calloway/"
    assert client.get("/search/?author=i-calloway&q=ferry").context["stories"] == [story]


def test_what_was_written_before_a_merger_keeps_its_topics_and_its_names(chief):
    topic, gone = make_topic("Ferries"), make_topic("Ferry")
    author, other = make_author("Ines Calloway"), make_author("I. Calloway")
    story = make_article(authors=[other], topics=[gone], publish=True)
    save(chief, story, headline="Ferry later")  # a working copy

    topic.absorb([gone.pk])
    author.absorb([other.pk])

    typed = filled_in(chief, f"/admin/articles/article/{story.pk}/change/")
    assert (typed["headline"], typed["topics"], typed["names_author"]) == ("Ferry later", [topic.pk], [str(author.pk)])
    story.restore(story.revisions.first())
    story.print_changes(story.revisions.first().story, "Back again.")
    assert ([*story.topics.all()], [*story.authors.all()]) == ([topic], [author])


def test_part_of_a_series_takes_over_no_series():
    series, other = make_topic("Water"), make_topic("Rain")
    part = make_topic("The low reservoir", part_of=series)
    make_topic("The wet summer", part_of=other)

    with pytest.raises(ValidationError, match="Let the series stay"):
        part.absorb([other.pk])
    part.absorb([series.pk])

    part.refresh_from_db()
    assert part.part_of is None


def test_merger_that_was_interrupted_is_done_again(monkeypatch):
    kept, gone, follow = make_topic("Ferries"), make_topic("Ferry"), Sorting.follow_merger
    stories = [make_article(f"Story {number}", topics=[gone], publish=True) for number in range(5)]
    monkeypatch.setattr(merging, "AT_ONCE", 2)

    def dies(self, *arguments):
        if self.pk == stories[3].pk:
            raise SystemExit
        follow(self, *arguments)

    monkeypatch.setattr(Sorting, "follow_merger", dies)
    with pytest.raises(SystemExit):
        kept.absorb([gone.pk])
    monkeypatch.setattr(Sorting, "follow_merger", follow)
    assert (kept.articles.count(), gone.articles.count()) == (2, 3)

    merge("topic", kept.pk, [gone.pk], make_user().pk)

    assert (kept.articles.count(), Topic.objects.count()) == (5, 1)
    assert [story.events.filter(words__contains="merged").count() for story in stories] == [1] * 5


@pytest.mark.django_db(transaction=True)
def test_merger_and_an_editor_who_saves_do_not_wait_for_each_other_for_ever():
    kept, gone = make_topic("Ferries"), make_topic("Ferry")
    stories = [make_article(f"Story {number}", topics=[gone]) for number in range(8)]

    def edit():
        for story in reversed(stories):
            story.sort(add=[kept])
            story.submit()

    assert at_once(lambda: kept.absorb([gone.pk]), edit) == [None, None]
    assert kept.articles.count() == 8


def test_slug_that_changes_leaves_its_address_behind_and_no_other_takes_it(client, chief):
    article = make_article(topics=["Ferries"], publish=True)
    topic = article.topics.get()
    where = f"/admin/articles/topic/{topic.pk}/change/"

    chief.post(where, filled_in(chief, where) | {"slug": "boats"})

    assert client.get("/topic/ferries/").url == "/topic/boats/"
    with pytest.raises(ValidationError, match="still leads there"):
        Topic(name="Ferries, new", slug="ferries").full_clean()
    assert Topic.objects.named("Ferries") == topic
    chief.post(where, filled_in(chief, where) | {"slug": "ferries"})
    assert [client.get(f"/topic/{slug}/").status_code for slug in ("ferries", "boats")] == [200, 301]
    assert [str(former) for former in topic.former_slugs.all()] == ["boats"]


def test_sections_keep_their_former_addresses_and_drafts_their_section(client):
    section = make_section("Harbour")
    draft = make_article(section=section)
    draft.sort(section=make_section("City"))
    draft.keep(record_of(draft) | {"section": "harbour"})
    section.slug = "port"
    section.readdress()

    draft.keep(record_of(draft) | {"section": "harbour"})

    assert client.get("/section/harbour/").url == "/section/port/"
    assert Article.objects.get().section == Section.objects.get(slug="port")


def record_of(article):
    return article.revisions.last().story


def test_topic_without_stories_in_print_is_not_told_of_at_its_former_address(client):
    kept, gone = make_topic("Secret ferries"), make_topic("Secret")
    make_article(topics=[gone])

    kept.absorb([gone.pk])

    assert client.get("/topic/secret/").status_code == 404


# --- The page


def test_editor_chooses_in_the_list_which_topic_stays(chief):
    kept, gone = make_topic("Ferries"), make_topic("Ferry")
    make_article(topics=[kept], publish=True), make_article(topics=[kept, gone], publish=True)

    asked = chief.post("/admin/articles/topic/", {"action": "merge", "_selected_action": [kept.pk, gone.pk]})
    page = chief.get(asked.url)
    done = chief.post(asked.url, {"keep": kept.pk}, follow=True)

    assert "Ferries (/topic/ferries/): 2 stories" in page.text
    assert "“Ferries” now has the stories of “Ferry”." in done.text
    assert [topic.name for topic in Topic.objects.all()] == ["Ferries"]


def test_many_stories_are_moved_by_a_job(chief, monkeypatch):
    monkeypatch.setattr(pages, "NOW", 0)
    kept, gone = make_author("Ines Calloway"), make_author("I. Calloway")
    make_article(authors=[gone], publish=True)

    chief.post(f"/admin/articles/author/merge/?id={kept.pk}&id={gone.pk}", {"keep": kept.pk})

    job = ProcrastinateJob.objects.get(task_name=merge.name)
    assert Author.objects.count() == 2
    merge(**job.args)
    assert [author.name for author in Author.objects.all()] == ["Ines Calloway"]


@pytest.mark.parametrize("query", ["", "?id=1", "?id=x&id=y", "?id=999999&id=999998", f"?id={'9' * 30}&id=1"])
def test_what_cannot_be_merged_is_said_in_words(chief, query):
    assert "Choose from two to 20" in chief.get(f"/admin/articles/topic/merge/{query}", follow=True).text


def test_only_those_merge_who_may_delete():
    sub = sign_in("sub", *EDITOR, "articles.view_topic", "articles.change_topic")
    kept, gone = make_topic("Ferries"), make_topic("Ferry")

    assert sub.post(f"/admin/articles/topic/merge/?id={kept.pk}&id={gone.pk}", {"keep": kept.pk}).status_code == 403
    assert Topic.objects.count() == 2


def test_whatever_points_at_a_topic_or_an_author_is_known_to_follow():
    pointing = {model: {relation.related_model.__name__ for relation in model._meta.related_objects} for model in (Topic, Author)}

    assert pointing == {Topic: {"Topic", "Article", "FormerTopicSlug"}, Author: {"Article", "Contribution", "FormerAuthorSlug"}}
