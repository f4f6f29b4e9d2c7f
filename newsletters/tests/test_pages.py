"""The box under every story and the newsletter's own pages, as browsers and the desk get them."""

import re

import pytest
from django.template.loader import render_to_string
from django.test import RequestFactory
from django.urls import reverse

from articles.tests.build import make_article, make_user
from newsletters import consent
from newsletters.tests.build import FROM_HERE, INES, ask, asked_token, make_issue, make_story, make_subscription

pytestmark = pytest.mark.django_db
PAGES = ("/newsletter/", "/newsletter/asked/", "/newsletter/confirmed/", "/newsletter/left/")


def fields(page: str) -> dict[str, str]:
    """Return the names and values of the newsletter's form on a page."""
    form = re.search(r'<form class="subscribe".*?</form>', page, re.DOTALL)[0]
    assert 'action="/newsletter/" method="post"' in form
    return {re.search(r'name="(\w+)"', tag)[1]: (re.search(r'value="([^"]*)"', tag) or ["", ""])[1] for tag in re.findall("<input[^>]*>", form)}


def test_box_under_a_story_is_all_that_is_needed_to_ask(client):
    story = make_article(publish=True)
    typed = fields(client.get(story.get_absolute_url()).content.decode())

    answer = client.post("/newsletter/", typed | {"email": INES}, headers=FROM_HERE)

    assert typed == {"email": "", "website": "", "wording_version": consent.VERSION, "page": story.get_absolute_url()}
    assert answer.status_code == 302


def test_box_takes_no_query(django_assert_num_queries):
    request = RequestFactory().get("/2024/06/11/ferry-late/")

    with django_assert_num_queries(0):
        box = render_to_string("newsletters/_box.html", {"request": request})

    assert (consent.WORDING in box, 'href="/privacy-policy/"' in box, 'href="/terms-and-conditions/"' in box) == (True, True, True)


def test_field_for_machines_is_out_of_everybody_elses_way(client):
    page = client.get("/newsletter/").content.decode()

    assert re.search(r'<div class="decoy" aria-hidden="true">.*?name="website" tabindex="-1" autocomplete="off"', page)


def test_no_answer_sets_a_cookie_or_varies_by_one(client):
    reader, token = make_subscription("tom@example.org"), asked_token()
    make_issue(make_story())
    secret = (f"/newsletter/confirm/{token}/", f"/newsletter/confirm/{'A' * 22}/", f"/newsletter/leave/{reader.key}/")

    answers = [client.get(address) for address in (*PAGES, *secret, "/newsletter/2024/06/11/")]
    answers += [
        ask(client, "new@example.org"),
        ask(client, "no address"),
        ask(client, headers={}),
        *(client.post(address, headers=FROM_HERE) for address in secret),
    ]

    assert [answer.cookies for answer in answers] == [{}] * 14
    assert [answer for answer in answers if "cookie" in answer.headers.get("Vary", "").lower()] == []
    assert [answer.status_code for answer in answers] == [200] * 5 + [404, 200, 200] + [302, 400, 403, 302, 404, 302]


def test_address_that_holds_a_secret_is_kept_by_nobody(client):
    reader, token = make_subscription("tom@example.org"), asked_token()

    for address in (f"/newsletter/confirm/{token}/", f"/newsletter/confirm/{'A' * 22}/", f"/newsletter/leave/{reader.key}/"):
        for answer in (client.get(address), client.post(address, headers=FROM_HERE)):
            found = [answer[name] for name in ("Referrer-Policy", "Cache-Control", "X-Robots-Tag")]
            assert found == ["same-origin", "no-store", "noindex"]
            assert "example.org" not in answer.content.decode()


@pytest.mark.parametrize("address", PAGES)
def test_every_page_answers_to_head_and_keeps_to_the_policy(client, address):
    page = client.get(address).content.decode()

    assert client.head(address).status_code == 200
    assert "</html>" in page
    assert [mark for mark in (" style=", "<style", " onclick=") if mark in page] == []
    assert re.findall(r"<script([^>]*)>", page) == ["", *(f' type="module" src="/static/js/{name}.js"' for name in ("edition", "suggest"))]


def test_footer_leads_to_the_newsletter(client):
    assert '<a href="/newsletter/">Newsletter</a>' in client.get("/").content.decode()


# --- The desk


@pytest.fixture
def desk(client):
    client.force_login(make_user(is_superuser=True))
    return client


def test_desk_finds_a_reader_by_address_and_sees_the_proofs(desk):
    reader = make_subscription()
    make_subscription("tom@example.org", "LEFT")

    found = desk.get(reverse("admin:newsletters_subscription_changelist"), {"q": "INES@", "state__exact": "ACTIVE"}).content.decode()
    page = desk.get(reverse("admin:newsletters_subscription_change", args=[reader.pk])).content.decode()

    assert (INES in found, "tom@example.org" in found) == (True, False)
    assert consent.WORDING in page
    assert reader.key not in page


def test_desk_sees_a_newsletter_with_its_stories(desk):
    issue = make_issue(make_story("Reservoir at its low mark"))

    page = desk.get(reverse("admin:newsletters_issue_change", args=[issue.pk])).content.decode()

    assert "Reservoir at its low mark" in page
    assert desk.get(reverse("admin:newsletters_issue_changelist")).status_code == 200


@pytest.mark.parametrize("model", ["subscription", "issue"])
def test_desk_adds_changes_and_deletes_nothing_by_hand(desk, model):
    reader, issue = make_subscription(), make_issue(make_story())
    row = {"subscription": reader, "issue": issue}[model]

    answers = [desk.post(reverse(f"admin:newsletters_{model}_{verb}", args=[row.pk]), {"post": "yes"}).status_code for verb in ("change", "delete")]
    answers.append(desk.post(reverse(f"admin:newsletters_{model}_add")).status_code)

    assert answers == [403, 403, 403]
    row.refresh_from_db()
