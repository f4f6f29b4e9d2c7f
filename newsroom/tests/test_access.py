"""Every kind of page, held against WCAG 2.2 AA by axe: light and night, on a phone and on a desk."""

from datetime import timedelta

import pytest
from axe_playwright_python.sync_playwright import Axe
from django.core.management import call_command
from django.urls import reverse
from django.utils import timezone
from playwright.sync_api import Page

from articles.models import Article, Author, Image, Section, Source, Topic, Word
from articles.tests.browser import visitor
from articles.tests.build import make_article, make_user
from licensing.models import Notice, State
from licensing.tests.build import make_order
from newsletters.tests.build import make_issue

pytestmark = pytest.mark.django_db(transaction=True)
RULES = {
    "runOnly": {"type": "tag", "values": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]},
    "resultTypes": ["violations"],
}
SHOWN = {State.REQUESTED, State.OFFERED, State.ACCEPTED, State.PAID, State.DECLINED, State.CANCELLED}
WATCH_THE_FOCUS = """() => {
  const told = (each) => each.outerHTML.slice(0, 90);
  const stops = [...document.querySelectorAll("a[href], button, input, select, textarea, summary")].filter((each) =>
    each.checkVisibility({ visibilityProperty: true }) && each.tabIndex >= 0 && !each.disabled && each.type !== "hidden"
    && !(each.type === "radio" && !each.checked && document.querySelector(`[name="${each.name}"]:checked`)));
  const reached = new Set(), wrong = [];
  document.addEventListener("focusin", ({ target }) => {
    reached.add(target);
    const { outlineStyle, outlineWidth } = getComputedStyle(target);
    if (outlineStyle === "none" || parseFloat(outlineWidth) < 2) wrong.push(`no focus to be seen: ${told(target)}`);
    const { left, top, width, height } = target.getBoundingClientRect();
    const there = document.elementFromPoint(left + Math.min(width / 2, 8), top + height / 2);
    if (there && !target.contains(there) && !there.contains(target)) wrong.push(`hidden by ${told(there)}: ${told(target)}`);
  });
  window.walked = () => [...wrong, ...stops.filter((each) => !reached.has(each)).map((each) => `not reached: ${told(each)}`)];
  return stops.length;
}"""
ARABIC = {
    "language": "ar",
    "headline": "العبّارة تتأخر للمرة الأربعين",
    "standfirst": "لم ينظر أحد إلى الساعة.",
    "body": "<p>تأخرت العبّارة مجددًا يوم الثلاثاء.</p>",
}


def stories() -> dict[str, str]:
    """Return the addresses of everything that readers read."""
    public = Article.objects.public()
    corrected, withdrawn = public.filter(corrections__isnull=False).first(), Article.objects.retracted().first()
    plain, pictured = public.filter(figures=None).first(), public.filter(figures__is_lead=True).first()
    boxed = public.filter(body__contains='class="facts"').first()
    arabic = make_article(publish=True, **ARABIC)
    first = public.newest_first().first()
    day = first.published_on
    series, part = Topic.objects.in_print()[1:3]
    Topic.objects.filter(pk=part.pk).update(part_of=series)
    Word.objects.collect()
    draft = make_article("Ferry line to be sold, say three who know", standfirst="The harbour board has met twice.")
    shown, ended = (draft.share("Our lawyer", timezone.now() + timedelta(days=1), by=make_user(name)) for name in ("first", "second"))
    draft.unshare(ended)
    search = reverse("articles:search")
    return {
        "front": reverse("articles:front"),
        "section": first.section.get_absolute_url(),
        "topic": Topic.objects.in_print().first().get_absolute_url(),
        "author": Author.objects.in_print().first().get_absolute_url(),
        "source": Source.objects.in_print().first().get_absolute_url(),
        "year": reverse("articles:year", args=[day.year]),
        "month": reverse("articles:month", args=[day.year, day.month]),
        "day": reverse("articles:day", args=[day.year, day.month, day.day]),
        "corrected story": corrected.get_absolute_url(),
        "story without pictures": plain.get_absolute_url(),
        "story with pictures": pictured.get_absolute_url(),
        "story with a fact box": boxed.get_absolute_url(),
        "story in Arabic": arabic.get_absolute_url(),
        "report of an error": reverse("articles:report", args=[pictured.short_id]),
        "error reported": reverse("articles:reported", args=[pictured.short_id]),
        "withdrawn story": withdrawn.get_absolute_url(),
        "series": series.get_absolute_url(),
        "part of a series": part.get_absolute_url(),
        "narrowed list": f"{first.section.get_absolute_url()}?since=2009&until={day.year}",
        "search": search,
        "search with hits": f"{search}?q=harbour",
        "search without hits": f"{search}?q=zeppelin",
        "narrowed search": f"{search}?q=assembly&section={first.section.slug}&source={first.source.slug}&pictures=1&since=2001-05&sort=oldest",
        "misspelt search": f"{search}?q=harbuor",
        "loose search": f"{search}?q=ferry+reservoir",
        "refused search": f"{search}?q=-harbour",
        "refused filters": f"{search}?q=harbour&section=nowhere&since=2019-13",
        "draft behind a secret link": shown.get_absolute_url(),
        "secret link that has ended": ended.get_absolute_url(),
        "nowhere": "/nowhere/",
        "static page": "/about/",
        "newsletter": reverse("newsletters:subscribe"),
        "newsletter asked for": reverse("newsletters:asked"),
        "newsletter left": reverse("newsletters:left"),
        "newsletter of a day": make_issue(pictured, plain).get_absolute_url(),
    }


def deals() -> dict[str, str]:
    """Return the addresses of everything that buyers see."""
    found = {}
    for story in Article.objects.public().for_licensing():
        found.setdefault(f"republish, {story.terms}", reverse("licensing:republish", args=[story.short_id]))
    for_sale = [story for story in Article.objects.public().for_licensing() if story.terms == "FOR_SALE"]
    asked = next(story for story in Article.objects.public().for_licensing() if story.terms == "ON_REQUEST")
    draft = make_order(State.DRAFT, *for_sale[:2])
    orders = {state: make_order(state, asked if state in {State.REQUESTED, State.OFFERED} else for_sale[2]) for state in State if state in SHOWN}
    licence = orders[State.PAID].licences.get()
    Notice.objects.create(licence=licence, kind=Notice.Kind.CORRECTED, revision=licence.revision)
    return found | {
        "quote": draft.get_absolute_url(),
        "stories for a quote": reverse("licensing:stories", args=[draft.secret]) + "?q=ferry",
        "one more story": reverse("licensing:add", args=[draft.secret, for_sale[3].short_id]),
        **{f"order, {state}": order.get_absolute_url() for state, order in orders.items()},
        "lost links": reverse("licensing:links"),
        "links sent": reverse("licensing:links_sent"),
        "licence": licence.get_absolute_url(),
        "renewal": reverse("licensing:renew", args=[orders[State.PAID].secret, licence.reference]),
        "check a licence": reverse("licensing:check"),
        "licence terms": reverse("licensing:terms"),
        "sample": reverse("licensing:sample"),
        "package": licence.files_link,
    }


def complaints(page: Page, name: str) -> list[str]:
    """Return what axe finds on a page, a line for each element."""
    found = Axe().run(page, options=RULES).response["violations"]
    return [f"{name}: {rule['id']}: {' '.join(node['target'][0] if node['target'] else '' for node in rule['nodes'][:3])}" for rule in found]


@pytest.fixture
def pages(live_server, settings) -> dict[str, str]:
    """The addresses of every kind of page of a whole newspaper, two of its pictures being made."""
    settings.SITE_URL = live_server.url
    call_command("load_seeds", verbosity=0)
    for image in Image.objects.all()[:2]:
        image.make_renditions()
    return stories() | deals()


@pytest.mark.slow
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_axe_finds_nothing_on_any_kind_of_page(chromium, live_server, pages, scheme):
    found, lost = [], []
    for width in (390, 1440):
        with visitor(chromium, live_server.url, viewport={"width": width, "height": 900}, color_scheme=scheme) as reader:
            page = reader.new_page()
            for name, address in pages.items():
                page.goto(address)
                lost += [name] if page.title() in {"", "Not found"} else []
                found += complaints(page, f"{name}, {width}")
            page.goto(pages["newsletter"])
            page.get_by_role("button", name="Send it to me").first.click()
            found += complaints(page, f"newsletter refused, {width}")
    assert (found, lost) == ([], [])


def of_long_words() -> dict[str, str]:
    """Make the newest story one whose every word is longer than a screen is wide; return the addresses of what shows them."""
    word = "Donaudampfschifffahrtsgesellschaftskapitaen" * 20
    subjects = {"section": Section.objects.first(), "source": Source.objects.get(is_ours=True), "authors": [word[:120]], "topics": [word[:120]]}
    texts = {"headline": word[:300], "kicker": word[:60], "standfirst": word[:600], "dateline": word[:80], "body": f"<p>{word}</p>"}
    article = make_article(**subjects, **texts, syndication="FOR_SALE", publish=True)
    article.correct(word[:200])
    withdrawn = make_article(publish=True)
    withdrawn.withdraw(word[:300])
    draft = make_order(State.DRAFT, article)
    return {
        "story": article.get_absolute_url(),
        "report": reverse("articles:report", args=[article.short_id]),
        "order form": reverse("licensing:republish", args=[article.short_id]),
        "topic": article.topics.get().get_absolute_url(),
        "author": article.authors.get().get_absolute_url(),
        "search": reverse("articles:search") + f"?q={word[:80]}",
        "withdrawn": withdrawn.get_absolute_url(),
        "quote": draft.get_absolute_url(),
        "one more story": reverse("licensing:add", args=[draft.secret, article.short_id]),
    }


@pytest.mark.slow
def test_every_kind_of_page_fits_320_pixels_and_is_walked_by_keyboard(chromium, live_server, pages):
    """320 pixels are also what a screen of 1280 has at 400 %."""
    found, pages = [], pages | {f"{name} of long words": address for name, address in of_long_words().items()}
    with visitor(chromium, live_server.url, viewport={"width": 320, "height": 640}) as reader:
        page = reader.new_page()
        for name, address in pages.items():
            page.goto(address)
            wide = page.evaluate("document.documentElement.scrollWidth > document.documentElement.clientWidth")
            found += [f"{name}: wider than the screen"] if wide else []
            for _ in range(page.evaluate(WATCH_THE_FOCUS)):
                page.keyboard.press("Tab")
            found += [f"{name}: {line}" for line in page.evaluate("walked()")]
    assert found == []


def test_axe_finds_what_is_wrong(chromium, live_server):
    with visitor(chromium, live_server.url) as reader:
        page = reader.new_page()
        page.goto("/about/")
        page.evaluate("""() => {
          const main = document.querySelector("main");
          main.innerHTML = '<img src="/static/img/icon.svg"><p>Pale words</p>';
          main.style.color = "#ccc";
        }""")

        assert {line.split(": ")[1] for line in complaints(page, "spoilt")} >= {"image-alt", "color-contrast"}
