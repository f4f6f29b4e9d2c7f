"""The whole slice, walked in a real browser: a story is bought with scripts and without, the newsletter joined and left."""

import re
from datetime import time
from email import message_from_bytes, policy
from pathlib import Path

import pytest
from django.core.management import call_command
from django.utils import timezone
from playwright.sync_api import BrowserContext, Page, expect

from articles.models import Article
from articles.tests.browser import visitor
from articles.tests.build import make_user
from licensing.models import LicenceOrder
from newsletters.models import Issue, Subscription, closing
from newsletters.tasks import send_newsletter

pytestmark = pytest.mark.django_db(transaction=True)
MANAGER = (
    "licensing.view_licenceorder",
    "licensing.decide_licenceorder",
    "licensing.record_payment",
    "licensing.view_licence",
    "articles.view_article",
)
READER = "reader@example.org"
LINK = re.compile(r"http://localhost:\d+(/\S*)")


@pytest.fixture
def site(live_server, settings, tmp_path, work):
    """The seeds' newspaper, served; its mail goes into files."""
    settings.SITE_URL = live_server.url
    settings.EMAIL_BACKEND = "django.core.mail.backends.filebased.EmailBackend"
    settings.EMAIL_FILE_PATH = tmp_path / "mail"
    settings.NEWSLETTER_TIME = time(23, 59, 59)
    call_command("load_seeds", verbosity=0)
    make_user("manager", *MANAGER)
    return live_server.url


def letters(to: str, folder: Path) -> list:
    """Return the mails to an address, the oldest first, as they lie in the files."""
    texts = [text for path in sorted(folder.iterdir(), key=written) for text in path.read_bytes().split(b"-" * 79 + b"\n") if text.strip()]
    return [mail for mail in (message_from_bytes(text, policy=policy.default) for text in texts) if mail["To"] == to]


def written(path: Path) -> int:
    return path.stat().st_mtime_ns


def links(mail) -> list[str]:
    """Return the addresses on our site that a mail's text names, without the host."""
    return LINK.findall(mail.get_body(["plain"]).get_content())


def fill_in(page: Page, name: str, organisation: str, email: str) -> None:
    """Say who orders, and accept the terms."""
    page.get_by_role("textbox", name="Your name").fill(name)
    page.get_by_role("textbox", name="Organisation").fill(organisation)
    page.get_by_role("textbox", name="Mail address").fill(email)
    page.get_by_label("Country", exact=True).select_option("DK")
    page.get_by_role("textbox", name="Billing address").fill("Havnegade 3\n8000 Aarhus")
    page.get_by_text("I accept the licence terms").click()


def total(page: Page):
    return page.locator(".receipt__total strong")


def buy_with_scripts(context: BrowserContext) -> str:
    """Go from the front page to its lead and order it; return the order's reference."""
    page = context.new_page()
    page.goto("/")
    page.locator("main h2 a").first.click()
    page.get_by_role("link", name="Purchase this article for republication").click()
    expect(page.get_by_role("button", name="Show the price")).to_be_hidden()
    expect(total(page)).to_have_text("€90.00")
    page.get_by_text("A newspaper or magazine, in print").click()
    expect(total(page)).to_have_text("€120.00")
    page.get_by_text("The whole world").click()
    expect(total(page)).to_have_text("€228.00")
    page.get_by_role("button", name="Order").click()
    expect(page.get_by_role("alert")).to_contain_text("Nothing is ordered yet.")
    fill_in(page, "Pia Lund", "Byens Blad", "pia@byens-blad.example")
    page.get_by_role("button", name="Order").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Your order waits for payment")
    expect(page.get_by_text("Please transfer €228.00")).to_be_visible()
    return page.locator(".sheet__kind").inner_text().removeprefix("Order ")


def buy_without_scripts(context: BrowserContext) -> str:
    """Find a story that has to be asked for, and ask; return the order's reference."""
    page = context.new_page()
    page.goto("/")
    page.get_by_role("searchbox").fill("Arkle rain gauge")
    page.get_by_role("search").get_by_role("button").click()
    page.locator("main h2 a, main h3 a").first.click()
    page.get_by_role("link", name="Purchase this article for republication").click()
    page.get_by_text("A school or university").click()
    page.get_by_text("Five years").click()
    fill_in(page, "Maren Holt", "Skagen Skole", "maren@skagen-skole.example")
    page.get_by_role("button", name="Send the request").click()
    expect(page.get_by_role("alert")).to_contain_text("What you chose costs €43.75 now; you saw €90.00.")
    expect(total(page)).to_have_text("€43.75")
    page.get_by_role("button", name="Send the request").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Your request is with the rights desk")
    return page.locator(".sheet__kind").inner_text().removeprefix("Order ")


def open_order(page: Page, reference: str) -> None:
    page.goto("/admin/licensing/licenceorder/")
    page.get_by_role("link", name=reference).click()
    expect(page.get_by_role("link", name="What the buyer sees")).to_be_visible()


def press(page: Page, link: str, button: str) -> None:
    """Open one of an order's verbs, and do it."""
    page.get_by_role("link", name=link).click()
    with page.expect_navigation():
        page.get_by_role("button", name=button, exact=True).click()


def mark_paid(page: Page, reference: str) -> str:
    """Return the address of the licence that the payment brings."""
    open_order(page, reference)
    press(page, "Record payment…", "Record a payment")
    expect(page.get_by_text("is paid. Issued and sent:")).to_be_visible()
    return LicenceOrder.objects.get(reference=reference).licences.get().get_absolute_url()


def decide(context: BrowserContext, ordered: str, requested: str) -> list[str]:
    """Approve what was requested and mark both orders paid, as the rights manager; return the addresses of the licences."""
    page = context.new_page()
    page.goto("/admin/login/")
    page.get_by_label("Username").fill("manager")
    page.get_by_label("Password").fill("harbour-lights")
    page.get_by_role("button", name="Log in").click()
    page.wait_for_url("**/admin/")
    open_order(page, requested)
    press(page, "Approve…", "Approve")
    expect(page.get_by_text("is approved; the buyer is told how to pay.")).to_be_visible()
    return [mark_paid(page, ordered), mark_paid(page, requested)]


def check_licences(context: BrowserContext, licences: list[str]) -> None:
    """Look both licences up, as anybody may."""
    page = context.new_page()
    for licence, organisation in zip(licences, ("Byens Blad", "Skagen Skole"), strict=True):
        page.goto(licence)
        expect(page.get_by_text("In force", exact=True)).to_be_visible()
        expect(page.get_by_text(f"{organisation}, Denmark")).to_be_visible()


def join(page: Page, work, folder: Path) -> None:
    """Ask for the newsletter in the box under a story, and confirm with the link in the mail."""
    page.goto(Article.objects.public().newest_first()[0].get_absolute_url())
    page.locator(".newsletter").get_by_role("textbox", name="mail").fill(READER)
    page.locator(".newsletter").get_by_role("button").click()
    page.wait_for_url("**/newsletter/asked/")
    work()
    [confirm] = [link for link in links(letters(READER, folder)[0]) if "/confirm/" in link]
    page.goto(confirm)
    page.get_by_role("button", name="Yes, send me the newsletter").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("You are on the list")


def print_issue(work) -> Issue:
    """Make the newsletter of today, of the one story that has just come out, and send it."""
    story = Article.objects.public().filter(issue_stories__isnull=True).newest_first()[0]  # the seeds' newsletters have theirs
    Article.objects.filter(pk=story.pk).update(published_at=timezone.now())
    issue = Issue.objects.make(closing(timezone.localdate()))
    send_newsletter.defer(timestamp=0)
    work()
    assert [each.headline for each in issue.public_stories()] == [story.headline]
    return issue


def read_and_leave(page: Page, issue: Issue, folder: Path) -> None:
    """Read the newsletter on the web, and leave by the link in its mail."""
    page.goto(issue.get_absolute_url())
    expect(page.get_by_role("link", name=issue.public_stories()[0].headline).first).to_be_visible()
    [leave] = [link for link in links(letters(READER, folder)[-1]) if "/leave/" in link]
    page.goto(leave)
    page.get_by_role("button", name="Stop sending it to me").click()
    page.wait_for_url("**/newsletter/left/")


@pytest.mark.slow
def test_story_is_sold_twice_and_the_newsletter_joined_and_left(site, chromium, work, settings):
    folder, buyer = settings.EMAIL_FILE_PATH, "maren@skagen-skole.example"
    with visitor(chromium, site) as context:
        ordered = buy_with_scripts(context)
        assert context.cookies() == []
    with visitor(chromium, site, java_script_enabled=False) as context:
        requested = buy_without_scripts(context)
        assert context.cookies() == []

    with visitor(chromium, site) as context:
        licences = decide(context, ordered, requested)
    work()

    assert LicenceOrder.objects.filter(reference__in=[ordered, requested], state="PAID").count() == 2
    assert [mail["Subject"] for mail in letters(buyer, folder)] == [
        f"Your request to republish: order {requested}",
        f"Approved, and now to be paid: order {requested}",
        f"Your licence {licences[1].split('/')[2]}",
    ]
    assert licences[1] in links(letters(buyer, folder)[-1])
    with visitor(chromium, site, java_script_enabled=False) as context:
        check_licences(context, licences)
        page = context.new_page()
        join(page, work, folder)
        read_and_leave(page, print_issue(work), folder)
        assert context.cookies() == []
    assert Subscription.objects.get(email=READER).state == "LEFT"
