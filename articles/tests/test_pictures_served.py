"""Pictures on their way to readers: when they can be fetched, how long they are kept, and the jobs that make them."""

from datetime import timedelta

import pytest
from django.core.files.base import ContentFile
from django.core.files.uploadedfile import SimpleUploadedFile
from django.template import Context, Template
from django.urls import reverse
from django.utils import timezone
from procrastinate.contrib.django.models import ProcrastinateJob

from articles import renditions, tasks
from articles.models import Article, Image
from articles.tests.build import make_article, make_figure, make_image, picture_bytes
from articles.tests.newsroom import EDITOR, complaints, sign_in

pytestmark = pytest.mark.django_db
ALL_KINDS = ["480.jpg", "480.avif", "480.webp", "3x2-640.avif", "share-1200.jpg", "1x1-1200.jpg"]


def fetch(client, image: Image, name="480.jpg", **headers):
    response = client.get(f"/pictures/{image.short_id}/{name}", headers=headers)
    if response.streaming:
        response.body = b"".join(response.streaming_content)
    return response


def in_print(**fields) -> tuple[Article, Image]:
    article, image = make_article(), make_image(**fields)
    make_figure(article, image=image, is_lead=True)
    article.publish()
    return article, image


# --- When they can be fetched


@pytest.mark.parametrize("name", ALL_KINDS)
def test_picture_is_fetched_from_the_first_publication_until_the_last_withdrawal(client, name):
    image = make_image()
    first, second = make_article("First"), make_article("Second")
    seen = [fetch(client, image, name).status_code]
    for article in (first, second):
        make_figure(article, image=image)
        seen.append(fetch(client, image, name).status_code)
        article.publish()
        seen.append(fetch(client, image, name).status_code)
    for article in (first, second):
        article.withdraw("In doubt.")
        seen.append(fetch(client, image, name).status_code)

    assert seen == [404, 404, 200, 200, 200, 200, 404]


@pytest.mark.parametrize("change", [{"embargoed_until": timedelta(hours=1)}, {"published_at": timedelta(hours=1)}])
def test_picture_of_a_story_whose_moment_is_still_to_come_is_not_fetched(client, change):
    article, image = in_print()
    before = fetch(client, image).status_code
    Article.objects.filter(pk=article.pk).update(**{name: timezone.now() + wait for name, wait in change.items()})

    assert (before, fetch(client, image).status_code) == (200, 404)


def test_withdrawn_picture_is_gone_also_for_those_who_ask_whether_theirs_is_still_good(client):
    article, image = in_print()
    tag = fetch(client, image)["ETag"]
    article.withdraw("In doubt.")

    assert fetch(client, image, if_none_match=tag).status_code == 404


@pytest.mark.parametrize(
    "name", ["481.jpg", "1600.jpg", "3x2-480.avif", "share-1200.avif", "3x2-0640.webp", "4x3-960.jpg", "480.png", ".lock", "480.jpg.part", "480.JPG"]
)
def test_what_is_no_copy_of_the_picture_is_not_found(client, name):
    _, image = in_print()
    renditions.path(image.short_id, name).touch()

    assert fetch(client, image).status_code == 200
    assert fetch(client, image, name).status_code == 404


# --- How they are sent


@pytest.mark.parametrize(
    ("name", "kind", "begins"),
    [("480.jpg", "image/jpeg", b"\xff\xd8\xff"), ("480.webp", "image/webp", b"RIFF"), ("3x2-320.avif", "image/avif", b"\x00\x00\x00")],
)
def test_picture_is_sent_as_what_it_is_and_kept_for_a_minute_at_most(client, name, kind, begins):
    _, image = in_print()

    response = fetch(client, image, name)

    assert (response["Content-Type"], response["Cache-Control"]) == (kind, "public, max-age=60, s-maxage=1, stale-while-revalidate=1")
    assert response.body.startswith(begins)
    assert response.body == renditions.path(image.short_id, name).read_bytes()
    assert int(response["Content-Length"]) == len(response.body)


def test_reader_who_has_the_picture_is_not_sent_it_again(client):
    _, image = in_print()
    sent = fetch(client, image)

    by_tag = fetch(client, image, if_none_match=sent["ETag"])
    by_date = fetch(client, image, if_modified_since=sent["Last-Modified"])

    assert [(answer.status_code, answer.content) for answer in (by_tag, by_date)] == [(304, b"")] * 2
    assert {(answer["Cache-Control"], answer["ETag"]) for answer in (by_tag, by_date)} == {
        ("public, max-age=60, s-maxage=1, stale-while-revalidate=1", sent["ETag"])
    }


def test_picture_that_was_made_anew_has_another_tag(client):
    _, image = in_print()
    tag = fetch(client, image)["ETag"]

    Image.objects.filter(pk=image.pk).update(focal_x=0.1)
    image.make_renditions()

    assert fetch(client, image, if_none_match=tag).status_code == 200


# --- On the page


def shown(image: Image, **options) -> str:
    words = " ".join(f"{name}={value!r}" for name, value in options.items())
    return Template(f"{{% load story %}}{{% picture image sizes='50vw' {words} %}}").render(Context({"image": image}))


def test_page_offers_the_best_kind_first_and_knows_the_size():
    image = make_image(width=1000, height=500, alt_text="A <ferry> & a quay")
    at = f"/pictures/{image.short_id}/"

    page = shown(image)

    assert page.index(f'<source type="image/avif" srcset="{at}480.avif 480w, {at}960.avif 960w" sizes="50vw">') < page.index("image/webp")
    assert f'src="{at}960.jpg" srcset="{at}480.jpg 480w, {at}960.jpg 960w" sizes="50vw" width="1000" height="500"' in page
    assert 'alt="A &lt;ferry&gt; &amp; a quay" decoding="async" loading="lazy"' in page
    assert 'fetchpriority="high"' in shown(image, first=True)


def test_card_shows_the_cut_in_its_own_shape():
    image = make_image(width=800, height=1200)
    at = f"/pictures/{image.short_id}/3x2-"

    page = shown(image, shape="3x2")

    assert f'srcset="{at}320.avif 320w, {at}640.avif 640w"' in page
    assert f'src="{at}640.jpg"' in page
    assert 'width="800" height="533"' in page


def test_small_picture_is_named_by_its_true_width():
    assert "480.avif 200w" in shown(make_image(width=200, height=100))


@pytest.mark.parametrize(("shape", "box"), [("", "0 0 800 1200"), ("3x2", "0 0 800 533")])
def test_place_of_a_picture_without_copies_has_its_proportions_and_says_what_is_seen(shape, box):
    image = make_image(width=800, height=1200)
    image.recipe = 0

    page = shown(image, shape=shape)

    assert 'role="img" aria-label="The ferry Margaret Lyle at the quay"' in page
    assert f'viewBox="{box}"' in page
    assert [word for word in ("<img", "/pictures/", "originals") if word in page] == []


# --- The jobs

ROW = {"alt_text": "The ferry", "syndication": "ON_REQUEST", "focal_x": "0.5", "focal_y": "0.5"}


@pytest.fixture
def editor():
    return sign_in("editor", *EDITOR, *(f"articles.{what}_image" for what in ("add", "change", "view")))


def waiting() -> list[int]:
    return [job.args["image"] for job in ProcrastinateJob.objects.filter(task_name=tasks.make_renditions.name, status="todo").order_by("pk")]


def change(client, image: Image, **facts):
    row = ROW | {"alt_text": image.alt_text, "creator": image.creator, "credit": image.credit, "copyright_holder": image.copyright_holder}
    return client.post(f"/admin/articles/image/{image.pk}/change/", row | facts)


def test_newsroom_leads_nobody_to_the_original(editor):
    image = make_image()

    page = editor.get(reverse("admin:articles_image_change", args=[image.pk])).content.decode()

    assert "originals/" not in page
    assert image.smallest.name in page


def test_upload_is_measured_at_once_and_made_by_a_job(editor):
    response = editor.post("/admin/articles/image/add/", ROW | {"file": SimpleUploadedFile("ferry.jpg", picture_bytes(900, 600))})

    assert complaints(response) == []
    image = Image.objects.get()
    assert (image.width, image.height, image.recipe, image.widths, waiting()) == (900, 600, 0, [], [image.pk])
    tasks.make_renditions(image=image.pk)
    image.refresh_from_db()
    assert (image.recipe, image.widths) == (renditions.RECIPE, [480])


@pytest.mark.parametrize(
    ("facts", "is_remade"),
    [
        ({"focal_x": "0.2"}, True),
        ({"focal_y": "0.2"}, True),
        ({"creator": "Owen Strand"}, True),
        ({"credit": "Photo: Owen Strand"}, True),
        ({"copyright_holder": "Owen Strand"}, True),
        ({"syndication": "NONE"}, True),
        ({"alt_text": "A ferry"}, False),
        ({}, False),
    ],
)
def test_copies_are_made_anew_when_what_they_show_or_say_changes(editor, facts, is_remade):
    image = make_image()

    response = change(editor, image, **facts)

    assert complaints(response) == []
    image.refresh_from_db()
    assert (waiting(), image.widths) == ([image.pk] if is_remade else [], [480, 960])


def test_new_file_takes_the_copies_of_the_old_one_off_the_page_at_once(editor, client):
    _, image = in_print()
    before = fetch(client, image).status_code

    change(editor, image, file=SimpleUploadedFile("ferry.jpg", picture_bytes(600, 900)))

    image.refresh_from_db()
    assert (before, fetch(client, image).status_code, image.width, image.height, waiting()) == (200, 404, 600, 900, [image.pk])


def test_empty_fields_are_filled_with_what_a_new_file_says(editor):
    exif = renditions.opening.Pillow.Exif()
    exif[0x013B], exif[0x8298] = "Owen Strand", "(c) 2024 Strand Pictures"
    row = ROW | {"credit": "Photo: Strand", "file": SimpleUploadedFile("ferry.jpg", picture_bytes(exif=exif))}

    editor.post("/admin/articles/image/add/", row)

    image = Image.objects.get()
    assert (image.creator, image.credit, image.copyright_holder) == ("Owen Strand", "Photo: Strand", "Strand Pictures")


def test_pictures_without_copies_or_with_older_ones_are_taken_up_some_at_a_time(monkeypatch):
    new, old, done = make_image("New"), make_image("Old"), make_image("Done")
    Image.objects.filter(pk=new.pk).update(recipe=0)
    monkeypatch.setattr(renditions, "RECIPE", 2)
    Image.objects.filter(pk=done.pk).update(recipe=2)

    tasks.take_up_pictures(timestamp=0)

    assert sorted(waiting()) == [new.pk, old.pk]
    tasks.take_up_pictures(timestamp=300)
    assert len(waiting()) == 2, "those that wait already are not put in the queue again"
    ProcrastinateJob.objects.filter(status="todo")._raw_delete("default")
    monkeypatch.setattr(tasks, "MOST_PICTURES", 1)
    tasks.take_up_pictures(timestamp=600)
    assert len(waiting()) == 1


@pytest.mark.parametrize("loss", ["no file", "half a file", "no row"])
def test_picture_that_cannot_be_made_stops_nobody(caplog, loss):
    image, other = make_image(), make_image()
    Image.objects.filter(pk=other.pk).update(recipe=0)
    pk = image.pk
    if loss == "no file":
        image.file.storage.delete(image.file.name)
    elif loss == "half a file":
        image.file.save("half.jpg", ContentFile(picture_bytes()[:2000]))
    else:
        image.delete()

    tasks.make_renditions(image=pk)
    tasks.make_renditions(image=other.pk)

    assert Image.objects.get(pk=other.pk).recipe == renditions.RECIPE
    assert [image.short_id in record.message for record in caplog.records] == ([] if loss == "no row" else [True])


@pytest.mark.django_db(transaction=True)
def test_worker_makes_what_was_uploaded(editor, work):
    editor.post("/admin/articles/image/add/", ROW | {"file": SimpleUploadedFile("ferry.jpg", picture_bytes(900, 600))})

    work()

    assert Image.objects.get().widths == [480]
