"""The picture desk: what files say of themselves, several uploaded at once, the same file twice, a file replaced, many changed together."""

import subprocess
from datetime import date, timedelta

import pytest
from django.conf import settings
from django.core.files.base import ContentFile
from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone
from playwright.sync_api import expect
from procrastinate.contrib.django.models import ProcrastinateJob

from articles.models import Image
from articles.tests.browser import visitor
from articles.tests.build import make_article, make_figure, make_image, make_user, picture_bytes
from articles.tests.newsroom import EDITOR, complaints, filled_in, sign_in
from articles.tests.test_browser import sign_in as log_in
from licensing.tests.programs import needed

pytestmark = pytest.mark.django_db
UPLOAD, LIST = "/admin/articles/image/upload/", "/admin/articles/image/"
BY_SCRIPT = {"HTTP_X_REQUESTED_WITH": "XMLHttpRequest"}
XMP = [
    "-XMP-dc:Description=Gate 1 after the storm", "-XMP-dc:Creator=Mara Tide", "-XMP-dc:Rights=© 2024 Tide Pictures",
    "-XMP-photoshop:Credit=Tide Pictures", "-XMP-photoshop:DateCreated=2024:05:03", "-XMP-xmpRights:UsageTerms=Not for covers",
    "-XMP-iptcCore:Location=Gate 1", "-XMP-photoshop:City=Port Merrow", "-XMP-iptcCore:AltTextAccessibility=A gate without its lamp",
]  # fmt: skip
IIM = ["-IPTC:Caption-Abstract=Das Tor – später", "-IPTC:By-line=Jürgen Ebbe", "-IPTC:City=Søby", "-IPTC:DateCreated=2019:01:02"]
EXIF = ["-EXIF:ImageDescription=Tågen", "-EXIF:Artist=Owen Strand", "-EXIF:DateTimeOriginal=2011:02:03 04:05:06"]
NAMES = ("caption", "creator", "place", "taken_on")


@pytest.fixture
def editor():
    return sign_in("editor", *EDITOR, *(f"articles.{what}_image" for what in ("add", "change", "view")))


def written(tmp_path, *arguments: str, colour="teal") -> bytes:
    """Return a picture with these words in its file, as a photographer's program writes them."""
    file = tmp_path / "written.jpg"
    file.write_bytes(picture_bytes(60, 40, colour=colour))
    subprocess.run([needed("exiftool"), "-q", "-overwrite_original", *arguments, str(file)], check=True)
    return file.read_bytes()


def upload(client, *files: tuple[str, bytes], keeps_both=False, **headers):
    facts = {"files": [SimpleUploadedFile(name, content) for name, content in files]} | ({"keeps_both": "on"} if keeps_both else {})
    return client.post(UPLOAD, facts, **headers)


def messages(response) -> list[str]:
    return [str(message) for message in response.wsgi_request._messages]


# --- What files say


def test_facts_are_read_by_the_first_of_three_ways_that_says_them(editor, tmp_path):
    latin = ["-charset", "iptc=Latin", "-IPTC:CodedCharacterSet="]
    files = [
        written(tmp_path, *IIM, *EXIF, *XMP),
        written(tmp_path, *latin, *EXIF, *IIM, colour="red"),
        written(tmp_path, "-IPTC:CodedCharacterSet=UTF8", *IIM, colour="blue"),
        written(tmp_path, *EXIF, colour="green"),
    ]

    upload(editor, *[(f"{number}.jpg", file) for number, file in enumerate(files)])

    by_xmp, *others = Image.objects.order_by("pk")
    assert [tuple(getattr(image, name) for name in NAMES) for image in (by_xmp, *others)] == [
        ("Gate 1 after the storm", "Mara Tide", "Gate 1, Port Merrow", date(2024, 5, 3)),
        ("Das Tor – später", "Jürgen Ebbe", "Søby", date(2019, 1, 2)),
        ("Das Tor – später", "Jürgen Ebbe", "Søby", date(2019, 1, 2)),
        ("Tågen", "Owen Strand", "", date(2011, 2, 3)),
    ]
    said = (by_xmp.alt_text, by_xmp.credit, by_xmp.copyright_holder, by_xmp.usage_terms)
    assert said == ("A gate without its lamp", "Tide Pictures", "Tide Pictures", "Not for covers")


def test_file_that_lies_about_itself_is_taken_for_what_it_is(editor, tmp_path):
    lies = [
        "-EXIF:DateTimeOriginal=2099:12:11 04:05:06",
        "-EXIF:ExifImageWidth=60000",
        f"-XMP-dc:Description={'M' * 5000}",
        "-XMP-dc:Creator=Ma\u202era",
    ]
    content = written(tmp_path, *lies, "-IPTC:City=Søby", "-IPTC:DateCreated=2099:01:02").replace(b"8BIM\x04\x04", b"8BIM\x04\x04\xff", 1)

    upload(editor, ("../gate.gif", content))

    image = Image.objects.get()
    assert (image.file.name, image.width, image.height) == (f"originals/{image.short_id}.jpg", 60, 40)
    assert (image.taken_on, len(image.caption), image.creator) == (None, 1000, "Mara")


# --- Several at once, and the same one twice


def test_several_files_are_taken_in_one_go_and_what_is_none_is_told(editor):
    make = picture_bytes(60, 40, colour="red")

    response = upload(editor, ("gate.jpg", picture_bytes(60, 40)), ("quay.jpg", make), ("note.jpg", b"Late."), ("again.jpg", make))

    newest, first = Image.objects.all()
    assert response.url == f"/admin/articles/image/together/?keys={first.pk},{newest.pk}"
    assert (first.alt_text, first.width, str(first)) == ("", 60, first.short_id)
    assert [said.partition(" ")[0] for said in messages(response)] == ["note.jpg:", "again.jpg:"]
    jobs = ProcrastinateJob.objects.filter(task_name="articles.tasks.make_renditions").values_list("args__image", flat=True)
    assert sorted(jobs) == [first.pk, newest.pk]


def test_script_is_told_what_became_of_its_file_and_may_keep_both(editor):
    file = ("gate.jpg", picture_bytes(60, 40))

    taken = upload(editor, file, **BY_SCRIPT).text
    again = upload(editor, file, **BY_SCRIPT).text
    counted = Image.objects.count()
    both = upload(editor, file, keeps_both=True, **BY_SCRIPT).text
    refused = upload(editor, ("gate.jpg", b"Late."), **BY_SCRIPT).text

    first = Image.objects.last()
    assert ("data-taken" in taken, "alternative text and credit" in taken) == (True, True)
    assert ("data-twin" in again, f"/image/{first.pk}/change/" in again, counted) == (True, True, 1)
    assert ("data-taken" in both, Image.objects.count()) == (True, 2)
    assert ("data-refused" in refused, "This is not a picture that can be used" in refused) == (True, True)


def test_nothing_chosen_and_too_much_chosen_are_told_in_words(editor):
    none = upload(editor)
    many = upload(editor, *[("gate.jpg", b"x")] * 51)

    assert none.context["form"].errors["files"] == ["This field is required."]
    assert many.context["form"].errors["files"] == ["That is too much at once. Choose up to 50 files."]


def test_form_finds_the_same_file_and_keeps_both_when_told(editor):
    content, url = picture_bytes(60, 40), "/admin/articles/image/add/"
    upload(editor, ("gate.jpg", content))
    data = filled_in(editor, url) | {"alt_text": "The gate"}

    refused = editor.post(url, data | {"file": SimpleUploadedFile("gate.jpg", content)})
    taken = editor.post(url, data | {"file": SimpleUploadedFile("gate.jpg", content), "keeps_both": "on"})

    assert [words.partition(":")[0] for words in complaints(refused)] == ["This very file is in the library already"]
    assert "keeps_both" in refused.text
    assert (complaints(taken), Image.objects.count()) == ([], 2)


def test_new_file_takes_the_place_of_the_old_one_and_the_facts_stay(editor, django_capture_on_commit_callbacks):
    image = make_image(caption="Gate 1", credit="Photo: Owen Strand")
    url, old, digest = f"{LIST}{image.pk}/change/", image.file.path, image.file_digest

    with django_capture_on_commit_callbacks(execute=True):
        response = editor.post(url, filled_in(editor, url) | {"file": SimpleUploadedFile("gate.png", picture_bytes(90, 60, kind="PNG"))})

    assert complaints(response) == []
    image.refresh_from_db()
    assert (image.caption, image.credit, image.width, image.recipe) == ("Gate 1", "Photo: Owen Strand", 90, 0)
    assert image.file_digest != digest
    assert [str(path) for path in (settings.MEDIA_ROOT / "originals").iterdir()] == [image.file.path] != [old]


# --- The list, and where each is used


def test_list_and_form_take_the_same_queries_however_many_pictures(editor, django_assert_max_num_queries):
    image = make_image()
    for count in (1, 3):
        for number in range(count):
            make_figure(make_article(f"Story {count} {number}", publish=True), image=image)
        with django_assert_max_num_queries(9):
            page = editor.get(LIST)
        with django_assert_max_num_queries(12):
            form = editor.get(f"{LIST}{image.pk}/change/")
        make_image(), make_image()

    assert [row.uses for row in page.context["cl"].result_list] == [0, 0, 4]
    assert form.text.count('class="uses__row"') == 4


def test_list_is_narrowed_to_what_the_desk_has_to_do(editor):
    today = timezone.localdate()
    unused = make_image("Unused", credit="Photo", place="Søby", terms_end_on=today - timedelta(days=1))
    once = make_image("Once", caption="Storm", terms_end_on=today + timedelta(days=30))
    often = make_image("Often", credit="Photo", creator="Mara Tide", is_single_use=True)
    bare = Image.objects.create(file=ContentFile(b"", "bare.jpg"), credit="Photo", terms_end_on=today + timedelta(days=31))
    for image in (once, often, often):
        make_figure(make_article(), image=image)

    def listed(query: str) -> set:
        return set(editor.get(f"{LIST}?{query}").context["cl"].result_list)

    assert [listed(f"use={use}") for use in ("unused", "used_once", "used_often")] == [{unused, bare}, {once}, {often}]
    assert [listed(f"waits={what}") for what in ("words", "credit")] == [{bare}, {once}]
    assert [listed(f"allowed={what}") for what in ("ending_soon", "ended", "for_single_use", "delete")] == [
        {once},
        {unused},
        {often},
        {unused, once, often, bare},
    ]
    assert [listed(f"q={word}") for word in ("storm", "søby", "tide")] == [{once}, {unused}, {often}]


def test_form_names_no_draft_that_its_reader_may_not_see():
    reporter = sign_in("reporter", "articles.view_image", "articles.write_article")
    image = make_image()
    make_figure(make_article("Secret draft"), image=image)
    make_figure(make_article("In print", publish=True), image=image)

    page = reporter.get(f"{LIST}{image.pk}/change/").text

    assert ("In print" in page, "Secret draft" in page, "And in 1 more." in page, "originals/" in page) == (True, False, True, False)


# --- Many together


def together(client, images, **changes):
    """Fill in the page for many pictures, as a browser would, and send it."""
    url = f"/admin/articles/image/together/?keys={','.join(str(image.pk) for image in images)}"
    page = client.get(url)
    fields = [field for words in page.context["form"].words for field in words]
    data = {name: field.value() or "" for field in fields for name in (field.html_name, field.html_initial_name)}
    return client.post(url, data | changes)


def test_what_is_filled_in_is_written_to_all_and_what_is_left_open_stays(editor):
    images = [make_image("One", place="Søby", credit="Photo"), make_image("Two", terms_end_on=date(2030, 1, 1)), make_image("Three")]
    other = make_image("Other", place="Port Merrow")
    words = {f"picture{images[0].pk}-alt_text": "One, better"}

    chosen = editor.post(LIST, {"action": "edit_together", "_selected_action": [image.pk for image in images]})
    together(editor, images, **words, creator="Mara Tide", is_single_use="yes", emptied=["place"])

    assert chosen.url.startswith("/admin/articles/image/together/?keys=")
    rows = Image.objects.order_by("pk").values_list("alt_text", "creator", "credit", "place", "is_single_use", "terms_end_on")
    assert list(rows) == [
        ("One, better", "Mara Tide", "Photo", "", True, None),
        ("Two", "Mara Tide", "", "", True, date(2030, 1, 1)),
        ("Three", "Mara Tide", "", "", True, None),
        ("Other", "", "", "Port Merrow", False, other.terms_end_on),
    ]
    assert ProcrastinateJob.objects.filter(task_name="articles.tasks.make_renditions").count() == 3


def test_together_nothing_is_saved_where_one_picture_cannot_be_so(editor):
    one, two = make_image("One"), make_image("Two", terms_end_on=date(2030, 1, 1))

    late = together(editor, [one, two], credit="Photo", terms_start_on="2030-01-02")
    both = together(editor, [one, two], credit="Photo", emptied=["credit"])
    blank = together(editor, [one, two], credit="Photo", **{f"picture{one.pk}-alt_text": ""})

    assert late.context["form"].errors["terms_end_on"] == ["The terms of “Two” would end before they begin."]
    assert both.context["form"].errors["credit"] == ["Fill this in for all of them, or take it away from all of them."]
    assert blank.context["form"].words[0].errors["alt_text"] == ["This field is required."]
    assert set(Image.objects.values_list("credit", "alt_text")) == {("", "One"), ("", "Two")}


def test_together_what_somebody_else_has_written_meanwhile_stays(editor):
    image = make_image("One")
    url = f"/admin/articles/image/together/?keys={image.pk}"
    names = {f"picture{image.pk}-alt_text": "One", f"initial-picture{image.pk}-alt_text": "One"}
    Image.objects.update(alt_text="One, better")

    editor.post(url, names | {"credit": "Photo"})

    assert Image.objects.values_list("alt_text", "credit").get() == ("One, better", "Photo")


def test_together_takes_two_hundred_and_no_rubbish(editor):
    Image.objects.bulk_create(Image(alt_text="Gate", file="originals/none.jpg", short_id=f"{number:07}") for number in range(201))
    keys = list(Image.objects.values_list("pk", flat=True))

    refused = editor.post(LIST, {"action": "edit_together", "_selected_action": keys})

    assert messages(refused) == ["Up to 200 pictures are edited together. Choose fewer, or narrow the list first."]
    assert editor.get("/admin/articles/image/together/?keys=x,,-1,999999999999999999").url == LIST
    assert editor.get("/admin/articles/image/together/").url == LIST


# --- In a browser


@pytest.mark.django_db(transaction=True)
def test_pictures_are_uploaded_described_together_and_their_focal_point_is_clicked(chromium, live_server):
    make_user("chief", is_superuser=True)
    shown = make_image(width=1200, height=600)
    files = [{"name": f"{colour}.jpg", "mimeType": "image/jpeg", "buffer": picture_bytes(60, 40, colour=colour)} for colour in ("red", "blue")]

    with visitor(chromium, live_server.url, viewport={"width": 1440, "height": 900}) as desk:
        page = desk.new_page()
        log_in(page)
        page.goto(UPLOAD)
        page.locator("input[type=file]").set_input_files([*files, files[0]])
        expect(page.locator("[data-taken]")).to_have_count(2)
        page.get_by_role("button", name="Keep both").click()
        expect(page.get_by_text("3 pictures are in the library.")).to_be_visible()
        page.get_by_role("link", name="Write what is missing").click()
        page.locator("[name=credit]").fill("Photo: Owen Strand")
        page.get_by_label("Alternative text").first.fill("A gate")
        page.get_by_role("button", name="Save").click()
        expect(page.get_by_text("3 pictures are changed.")).to_be_visible()

        page.goto(f"{LIST}{shown.pk}/change/")
        whole = page.locator("[data-focal-whole]")
        box = whole.bounding_box()
        whole.click(position={"x": box["width"] * 0.75, "y": box["height"] * 0.5})
        page.keyboard.press("ArrowLeft")
        expect(page.locator("[name=focal_x]")).to_have_value("0.740")
        square = page.locator("[data-focal-crop][data-across='1']")
        assert square.evaluate("crop => crop.style.objectPosition").startswith("98% ")
        page.get_by_role("button", name="Save", exact=True).click()
        expect(page.get_by_text("was changed successfully")).to_be_visible()

    shown.refresh_from_db()
    assert shown.focal_x == 0.74
    assert Image.objects.filter(credit="Photo: Owen Strand").count() == 3
