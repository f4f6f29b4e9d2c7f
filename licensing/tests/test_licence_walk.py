"""Three stories with pictures, bought on a phone, opened with other programs, verified with the site down, corrected and renewed."""

import json
import os
import subprocess
import sys
from pathlib import Path
from zipfile import ZipFile

import pytest
from django.conf import settings as django_settings
from django.core.management import call_command
from playwright.sync_api import BrowserContext, Download, Page, expect

from articles.models import Article
from articles.tests.browser import visitor
from licensing.models import Delivery, LicenceOrder, Notice
from licensing.tasks import tell_of_changes
from licensing.tests.build import pay
from licensing.tests.ninjs import complaints_about
from licensing.tests.programs import needed

pytestmark = pytest.mark.django_db(transaction=True)
PHONE = {"viewport": {"width": 390, "height": 844}, "has_touch": True, "is_mobile": True}
STORIES = {  # slug: words to find it by
    "hallow-38-per-cent-pump": "Hallow 38 pump",
    "the-school-boat": "school boat Tern Island",
    "terns-new-shingle": "terns shingle",
}
NOWHERE = "postgres://nobody:nothing@127.0.0.1:9/nowhere"


@pytest.fixture
def site(live_server, settings, work):
    """The seeds' newspaper, served."""
    settings.SITE_URL = live_server.url
    call_command("load_seeds", verbosity=0)
    return live_server.url


def begin(page: Page, story: Article) -> None:
    """Ask for a story with its picture, from its own page, and keep the price as a quote."""
    page.goto(story.get_absolute_url())
    page.get_by_role("link", name="Purchase this article for republication").click()
    page.get_by_label("Which country").select_option("DK")
    page.locator("#id_pictures input").first.check()
    expect(page.locator(".receipt__total strong")).to_have_text("€125.00")
    page.get_by_role("button", name="Keep as a quote").click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("€125.00 for one story")


def add(page: Page, words: str, headline: str) -> None:
    """Look for one more story, and put it into the quote with its picture."""
    page.get_by_role("link", name="Add another story").click()
    page.get_by_role("searchbox", name="Words of the story").fill(words)
    page.get_by_role("button", name="Look for it").click()
    page.get_by_role("link", name=headline).click()
    page.locator("#id_pictures input").first.check()
    expect(page.locator(".receipt__total strong")).to_have_text("€125.00")
    page.get_by_role("button", name="Put it into the quote").click()


def order(page: Page) -> LicenceOrder:
    """Say who orders, and order."""
    page.get_by_role("textbox", name="Your name").fill("Pia Lund")
    page.get_by_role("textbox", name="Organisation").fill("Byens Blad")
    page.get_by_role("textbox", name="Mail address").fill("pia@byens-blad.example")
    page.get_by_label("Country", exact=True).select_option("DK")
    page.get_by_role("textbox", name="Billing address").fill("Havnegade 3\n8000 Aarhus")
    page.get_by_text("I accept the licence terms").click()
    page.get_by_role("button", name="Order", exact=True).click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Your order waits for payment")
    return LicenceOrder.objects.get(reference=page.locator(".sheet__kind").inner_text().removeprefix("Order "))


def fetch(page: Page, headline: str, button: str, folder: Path) -> Path:
    """Fetch a story's files from the order's page, and unpack them with unzip; return their folder."""
    with page.expect_download() as download:
        page.locator(".ordered", has_text=headline).get_by_role("button", name=button).click()
    return unpack(download.value, folder)


def unpack(download: Download, folder: Path) -> Path:
    path = folder / download.suggested_filename
    download.save_as(path)
    subprocess.run([needed("unzip"), "-q", path, "-d", folder], check=True)
    with ZipFile(path) as archive:
        return folder / archive.namelist()[0].partition("/")[0]


def output(*command) -> str:
    """Return what a program prints."""
    return subprocess.run([*map(str, command)], check=True, capture_output=True, text=True, timeout=120).stdout


def as_text(documents: list[Path], folder: Path) -> list[str]:
    """Return the text of Word documents, as LibreOffice reads it."""
    texts = []
    for number, document in enumerate(documents):
        place = folder / f"word-{number}"
        profile = f"-env:UserInstallation=file://{folder / 'libreoffice'}"
        output(needed("soffice"), profile, "--headless", "--convert-to", "txt:Text (encoded):UTF8", "--outdir", place, document)
        texts.append((place / "story.txt").read_text(encoding="utf-8-sig"))
    return texts


def open_every_file(context: BrowserContext, place: Path, story: Article, licence: str) -> None:
    """Open what is in a package, each file with something other than what wrote it."""
    headline, files = story.headline, {str(path.relative_to(place)) for path in place.rglob("*") if path.is_file()}
    assert files == {
        "READ-ME-FIRST.txt", "licence.jws", "licence.pdf", "manifest.json", "manifest.jws", "pictures/1.jpg",
        "story.docx", "story.html", "story.md", "story.ninjs.json", "story.txt",
    }  # fmt: skip
    page = context.new_page()
    page.goto(f"file://{place / 'story.html'}")
    expect(page.get_by_role("heading", level=1)).to_have_text(headline)
    assert page.locator("img").evaluate_all("all => all.map((one) => one.naturalWidth > 1000)") == [True]
    assert page.locator("link[rel=canonical]").get_attribute("href").endswith(f"/{story.short_id}/")
    assert licence in output(needed("pdftotext"), place / "licence.pdf", "-")
    [facts] = json.loads(output(needed("exiftool"), "-j", "-XMP:all", place / "pictures/1.jpg"))
    assert (facts["Credit"], licence in facts["UsageTerms"]) == ("Illustration: Dara Whitlock / The Halyard", True)
    assert complaints_about((place / "story.ninjs.json").read_text()) == []
    for name in ("story.txt", "story.md", "READ-ME-FIRST.txt"):
        text = output("cat", place / name).replace("\\", "")
        assert (headline in text, licence in text) == (True, True), name


def verify(path: Path, keys: Path) -> str:
    """Verify a package with the site's own program, where there is no database and nothing answers."""
    command = [sys.executable, "manage.py", "verify_licence", path, "--keys", keys]
    environment = os.environ | {"DATABASE_URL": NOWHERE, "SITE_URL": "http://127.0.0.1:9"}
    return subprocess.run(command, env=environment, cwd=django_settings.BASE_DIR, check=True, capture_output=True, text=True).stdout


@pytest.mark.slow
def test_three_stories_are_bought_on_a_phone_delivered_verified_corrected_and_renewed(site, chromium, work, tmp_path):
    stories = [Article.objects.get(slug=slug) for slug in STORIES]
    with visitor(chromium, site, accept_downloads=True, **PHONE) as context:
        page = context.new_page()
        begin(page, stories[0])
        for story in stories[1:]:
            add(page, STORIES[story.slug], story.headline)
        placed = order(page)
        pay(placed)
        work()

        page.reload()
        references = {story: placed.licences.get(article=story).reference for story in stories}
        places = [fetch(page, story.headline, "Fetch the files", tmp_path) for story in stories]
        for story, place in zip(stories, places, strict=True):
            open_every_file(context, place, story, references[story])
        for story, text in zip(stories, as_text([place / "story.docx" for place in places], tmp_path), strict=True):
            assert story.headline in text
        keys = tmp_path / "jwks.json"
        keys.write_text(context.request.get("/.well-known/jwks.json").text())
        for story, place in zip(stories, places, strict=True):
            assert references[story] in verify(place, keys)
            assert references[story] in verify(next(tmp_path.glob(f"{references[story]}-*.zip")), keys)

        see_a_correction(page, stories[0], work, tmp_path, keys)
        renew(page, stories[1])
        assert context.cookies() == []
    assert Delivery.objects.count() == len(stories) + 1


def see_a_correction(page: Page, story: Article, work, folder: Path, keys: Path) -> None:
    """Correct a licensed story: its licensee is told, says that it is done, and fetches the corrected files."""
    story.refresh_from_db()
    story.body = story.body.replace("25,000 cubic metres", "24,000 cubic metres")
    story.correct("The pumps lift 24,000 cubic metres a day, not 25,000.")
    tell_of_changes.defer(timestamp=0)
    work()
    page.reload()
    page.get_by_role("button", name="Our copy is corrected").click()
    expect(page.get_by_text("that it is done")).to_be_visible()
    (folder / "corrected").mkdir()
    place = fetch(page, story.headline, "Fetch the corrected files", folder / "corrected")
    text = (place / "story.txt").read_text()
    assert ("24,000 cubic metres" in text, "not 25,000" in text, "lift 25,000" in text) == (True, True, False)
    assert "correct" in verify(place, keys).lower()
    assert Notice.objects.get().acknowledged_at


def renew(page: Page, story: Article) -> None:
    """Order the same use once more, in one click."""
    page.locator(".ordered", has_text=story.headline).get_by_role("link", name="Renew").click()
    expect(page.locator(".receipt__total strong")).to_have_text("€125.00")
    page.get_by_role("button", name="Renew").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Your order waits for payment")
