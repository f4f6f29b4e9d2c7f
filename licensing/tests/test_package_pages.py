"""Fetching the files of a licence: from the order's page, and by the signed link of a mail; and what a licensee says they have done."""

import hashlib
from io import BytesIO
from zipfile import ZipFile

import pytest
from django.utils import timezone

from articles.terms import Syndication
from licensing.models import Delivery, Licence, Notice, Package
from licensing.tests.build import make_card, make_licence, make_notice, make_story, make_terms, submit

pytestmark = pytest.mark.django_db
FOR_SALE = Syndication.FOR_SALE
SITE = "http://localhost:8000"


@pytest.fixture(autouse=True)
def card():
    make_terms()
    return make_card()


def fetch_url(licence: Licence) -> str:
    return f"{licence.order.get_absolute_url()}licences/{licence.reference}/package/"


def link(licence: Licence) -> str:
    return Package.objects.make(licence).link.removeprefix(SITE)


def press(client, address: str, data: dict | None = None):
    """Press a button, and take the files to the end, if any come: they are the answer's `files`, by name."""
    answer = submit(client, address, data)
    answer.files = {}
    if answer.streaming:
        with ZipFile(BytesIO(b"".join(answer.streaming_content))) as archive:
            answer.files = {name.partition("/")[2]: archive.read(name) for name in archive.namelist()}
    return answer


def deliveries() -> list[tuple[str, str]]:
    return [(str(delivery.package.licence), delivery.way) for delivery in Delivery.objects.all()]


def said(answer) -> str:
    return answer.content.decode()


def button(page: str, words: str) -> bool:
    return f"{words}</button>" in page


def corrected(licence: Licence) -> Notice:
    """Correct the licensed story, and tell the licensee."""
    story = licence.article
    story.headline = "The shepherd’s two rain gauges"
    story.correct("There are two gauges.")
    return make_notice(licence, "CORRECTED", revision=story.revisions.last())


# --- From the order's page


def test_files_are_fetched_from_the_orders_page_and_each_time_is_on_record(client):
    licence = make_licence(make_story(pictures=[FOR_SALE]), choice={"pictures": True})

    answers = [press(client, fetch_url(licence)) for _ in range(2)]

    files = answers[0].files
    assert [answer.status_code for answer in answers] == [200, 200]
    assert files.keys() >= {"READ-ME-FIRST.txt", "story.html", "story.docx", "licence.pdf", "licence.jws", "manifest.jws"}
    assert (answers[0]["Content-Type"], answers[0]["Cache-Control"], answers[0]["X-Robots-Tag"]) == ("application/zip", "no-store", "noindex")
    assert answers[0]["Content-Disposition"] == f'attachment; filename="{licence.reference}-the-shepherds-rain-gauge.zip"'
    assert (files == answers[1].files, deliveries()) == (True, [(licence.reference, "ORDER")] * 2)


def test_corrected_files_hold_the_corrected_story_and_the_licensed_ones_stay(client):
    licence = make_licence()
    corrected(licence)

    texts = [b"".join(press(client, fetch_url(licence), data).files.values()) for data in ({"corrected": "1"}, {})]

    assert [b"two rain gauges" in text for text in texts] == [True, False]
    assert [delivery.package.is_corrected for delivery in Delivery.objects.all()] == [True, False]


def test_files_of_a_story_that_was_not_corrected_are_the_licensed_ones_whatever_is_asked_for(client):
    licence = make_licence()

    press(client, fetch_url(licence), {"corrected": "1"})

    assert [delivery.package.revision for delivery in Delivery.objects.all()] == [licence.revision]


def test_looking_fetches_nothing_and_only_our_own_page_does(client):
    licence = make_licence()
    other = make_licence(make_story(headline="The gate"))
    wrong = [fetch_url(licence).replace(licence.reference, other.reference), fetch_url(licence).replace(licence.order.secret, "x" * 43)]
    wrong.append(fetch_url(licence).replace(licence.reference, "2222-2222"))

    statuses = [client.get(fetch_url(licence)).status_code, client.head(fetch_url(licence)).status_code, client.post(fetch_url(licence)).status_code]
    statuses += [press(client, address).status_code for address in wrong]

    assert (statuses, deliveries()) == ([405, 405, 403, 404, 404, 404], [])


# --- By the link of a mail


def test_link_leads_to_a_page_and_its_button_to_the_files(client):
    licence = make_licence()
    address = link(licence)

    looks, nothing = [client.get(address), client.head(address)], deliveries()
    answer = press(client, address)

    assert ([look.status_code for look in looks], nothing) == ([200, 200], [])
    assert ["The shepherd’s rain gauge" in said(looks[0]), "Fetch the files (ZIP)</button>" in said(looks[0])] == [True, True]
    assert [looks[0][name] for name in ("Referrer-Policy", "Cache-Control", "X-Robots-Tag")] == ["same-origin", "no-store", "noindex"]
    assert licence.order.secret not in said(looks[0])
    assert (len(answer.files) > 5, deliveries(), client.post(address).status_code) == (True, [(licence.reference, "LINK")], 403)


def test_link_makes_files_that_were_not_made_yet(client):
    licence = make_licence()
    address = licence.files_link.removeprefix(SITE)
    page, nothing = client.get(address), Package.objects.count()

    answer = press(client, address)

    assert ([page.status_code, nothing], len(answer.files) > 5, deliveries()) == ([200, 0], True, [(licence.reference, "LINK")])


def test_link_to_corrected_files_says_so(client):
    licence = make_licence()
    package = Package.objects.make(licence, corrected(licence).revision)

    assert "The corrected files</h1>" in said(client.get(package.link.removeprefix(SITE)))


@pytest.mark.parametrize("change", ["pk", "moment", "signature", "shorter", "nothing", "ugly"])
def test_link_that_was_changed_fetches_nothing(client, change):
    number, moment, signature = link(make_licence()).split("/")[2].split(":")
    other = link(make_licence(make_story(headline="The gate"))).split("/")[2].split(":")[0]
    tokens = {"pk": f"{other}:{moment}:{signature}", "moment": f"{number}:{moment[:-1]}0:{signature}", "nothing": number, "ugly": "%00%ff"}
    tokens |= {"signature": f"{number}:{moment}:{signature.swapcase()}", "shorter": f"{number}:{moment}:{signature[:-1]}"}

    answers = [client.get(f"/packages/{tokens[change]}/"), press(client, f"/packages/{tokens[change]}/")]

    assert ([answer.status_code for answer in answers], deliveries()) == ([410, 410], [])
    assert "This link has ended" in said(answers[0])


@pytest.mark.parametrize(("days", "status"), [(13, 200), (15, 410)])
def test_link_works_for_two_weeks(client, days, status, monkeypatch):
    address = link(make_licence())
    later = timezone.now().timestamp() + days * 86_400
    monkeypatch.setattr("django.core.signing.time.time", lambda: later)

    assert [client.get(address).status_code, press(client, address).status_code, len(deliveries())] == [status, status, int(status == 200)]


# --- What is not handed over


def revoke(licence):
    licence.revoke("It was printed with another byline.")


def withdraw(licence):
    licence.article.withdraw("It was wrong.")


def take_down(licence):
    licence.article.withdraw("A court has ordered it.", is_legal_takedown=True)


@pytest.mark.parametrize(
    ("change", "words"),
    [
        (revoke, "The licence was revoked on"),
        (withdraw, "We have withdrawn the story, and do not hand it on while it is not on our own pages."),
        (take_down, "We had to take the story down, and may not hand it on."),
    ],
)
def test_files_of_what_was_revoked_or_withdrawn_are_kept(client, change, words):
    licence = make_licence()
    address = link(licence)
    change(licence)

    page, looked = client.get(licence.order.get_absolute_url()), client.get(address)
    answers = [press(client, fetch_url(licence)), press(client, address)]

    assert ("Fetch the files" in said(page), fetch_url(licence) in said(page)) == (False, False)
    assert ([looked.status_code, *(answer.status_code for answer in answers)], deliveries()) == ([410, 409, 410], [])
    assert [words in said(answer) for answer in (looked, *answers)] == [True] * 3
    assert ["rain gauge" in said(answer) for answer in (looked, *answers)] == [False] * 3


def test_picture_that_cannot_be_read_any_more_is_said_and_not_delivered(client, caplog):
    licence = make_licence(make_story(pictures=[FOR_SALE]), choice={"pictures": True})
    image = licence.revision.article.figures.get().image
    image.file.storage.delete(image.file.name)

    answer = press(client, fetch_url(licence))

    assert (answer.status_code, "The files could not be packed" in said(answer), deliveries()) == (503, True, [])
    assert f"The package of licence {licence} could not be handed over." in caplog.text


@pytest.mark.parametrize("spoil", [lambda path: path.unlink(), lambda path: path.write_bytes(path.read_bytes()[:-1] + b"?")])
def test_package_whose_file_is_gone_or_spoilt_is_made_again(client, spoil):
    licence = make_licence()
    address = link(licence)
    spoil(Package.objects.get().path)

    answers = [press(client, fetch_url(licence)), press(client, address)]

    assert [answer.status_code for answer in answers] == [200, 200]
    assert (answers[0].files == answers[1].files, "licence.jws" in answers[0].files, len(deliveries())) == (True, True, 2)
    assert hashlib.sha256(Package.objects.get().path.read_bytes()).hexdigest() == Package.objects.get().sha256


def test_package_that_cannot_be_made_again_is_said_and_not_recorded(client, caplog, monkeypatch):
    licence = make_licence()
    Package.objects.make(licence).path.unlink()
    monkeypatch.setattr("pathlib.Path.write_bytes", lambda *_: (_ for _ in ()).throw(OSError("No space left on device")))

    answer = press(client, fetch_url(licence))

    assert (answer.status_code, deliveries()) == (503, [])
    assert caplog.text.count(f"The package of licence {licence} could not be handed over.") == 1


def test_files_of_a_corrected_story_come_first(client):
    licence = make_licence()
    corrected(licence)

    page = said(client.get(licence.order.get_absolute_url()))

    fetch = f"{licence.order.get_absolute_url()}licences/{licence.reference}/package/"
    assert page.count(f'action="{fetch}"') == 1
    assert [button(page, words) for words in ("Fetch the corrected files", "Fetch the files as licensed", "Fetch the files (ZIP)")] == [
        True,
        True,
        False,
    ]
