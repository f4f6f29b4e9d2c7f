"""Renewing a licence: one look at today's price, one click."""

from datetime import timedelta
from decimal import Decimal

import pytest
from django.utils import timezone

from articles.models import Image
from articles.terms import Syndication
from licensing.models import Licence, LicenceOrder, LicenceTerms
from licensing.tests.build import FROM_HERE, RATES, change_licences, fields_of, make_card, make_licence, make_story, make_terms, pay, submit, total_in

pytestmark = pytest.mark.django_db
FREE, FOR_SALE, ON_REQUEST, NONE = Syndication
CHANGED = "The price has changed while you read. Look at the new one before you renew."


@pytest.fixture(autouse=True)
def card():
    make_terms()
    return make_card()


def url(licence: Licence) -> str:
    return f"{licence.order.get_absolute_url()}licences/{licence.reference}/renew/"


def renewal_of(licence: Licence) -> LicenceOrder:
    return LicenceOrder.objects.exclude(pk=licence.order_id).get()


def said(answer) -> str:
    return answer.content.decode()


def headline(answer) -> str:
    return said(answer).partition('<h1 class="sheet__name">')[2].partition("</h1>")[0]


def test_page_shows_the_same_use_at_todays_price(client):
    licence = make_licence(make_story(pictures=[FOR_SALE]), choice={"pictures": True})

    answer = client.get(url(licence))

    words = ["A newspaper, in print", "France", "Picture: The gauge, seen from gate 1", "€155.00", f"{licence.ends_on:%-d %B %Y}"]
    assert ([each for each in words if each not in said(answer)], headline(answer)) == ([], "Renew it for one year")
    assert ("Nothing is added later." in said(answer), "Kept as a quote" in said(answer)) == (True, False)
    assert [answer["Referrer-Policy"], answer["Cache-Control"], answer["X-Robots-Tag"]] == ["same-origin", "no-store", "noindex"]


def test_one_click_orders_it_for_the_same_licensee_from_the_day_after_its_end(client):
    licence = make_licence()
    shown = fields_of(client.get(url(licence)))

    answer = submit(client, url(licence), shown)
    order = renewal_of(licence)
    pay(order)

    assert (answer.status_code, answer["Location"], order.organisation) == (302, order.get_absolute_url(), licence.organisation)
    assert order.licences.get().starts_on == licence.ends_on + timedelta(days=1)


def test_licence_that_has_ended_is_renewed_from_the_day_of_payment(client):
    licence = make_licence()
    change_licences(starts_on=timezone.localdate() - timedelta(days=400), ends_on=timezone.localdate() - timedelta(days=35))
    page = client.get(url(licence))

    submit(client, url(licence), fields_of(page))
    pay(renewal_of(licence))

    assert "The new term begins on the day of the new licence." in said(page)
    assert renewal_of(licence).licences.get().starts_on == timezone.localdate()


def test_click_twice_renews_once(client):
    licence = make_licence()
    shown = fields_of(client.get(url(licence)))

    answers = [submit(client, url(licence), shown) for _ in range(3)]

    assert {answer["Location"] for answer in answers} == {renewal_of(licence).get_absolute_url()}


def test_looking_renews_nothing_and_only_our_own_page_does(client):
    licence = make_licence()
    shown = fields_of(client.get(url(licence)))

    statuses = [client.get(url(licence), shown).status_code, client.head(url(licence)).status_code]
    statuses += [client.post(url(licence), shown).status_code, client.put(url(licence), headers=FROM_HERE).status_code]

    assert (statuses, LicenceOrder.objects.count()) == ([200, 200, 403, 405], 1)


# --- What changed meanwhile


def test_price_that_changed_meanwhile_is_shown_before_it_is_ordered(client):
    licence = make_licence()
    shown = fields_of(client.get(url(licence)))
    make_card().rates.filter(key="print").update(fee=Decimal(150))

    refused = submit(client, url(licence), shown)
    new = fields_of(refused)
    answer = submit(client, url(licence), new)

    assert (refused.status_code, CHANGED in said(refused), total_in(new)) == (409, True, "150.00")
    assert (answer.status_code, renewal_of(licence).price) == (302, "€150.00")


@pytest.mark.parametrize("forged", ["0.01", "", "120.00", "\x00", "<script>alert(1)</script>"])
def test_price_that_is_not_ours_renews_nothing(client, forged):
    licence = make_licence()

    answer = submit(client, url(licence), fields_of(client.get(url(licence))) | {"price_shown": forged})

    assert (answer.status_code, LicenceOrder.objects.count(), "<script>alert" in said(answer)) == (409, 1, False)


@pytest.mark.parametrize("forged", ["2", "0", "", "-1", "one", "9" * 30, "²", "\x00"])
def test_terms_of_another_version_renew_nothing(client, forged):
    licence = make_licence()

    answer = submit(client, url(licence), fields_of(client.get(url(licence))) | {"terms_version": forged})

    assert (answer.status_code, LicenceOrder.objects.count()) == (409, 1)
    assert "The licence terms were changed while you read." in said(answer)


def lose_answer(licence):
    make_card({question: RATES[question][1 if question == "MEDIUM" else 0 :] for question in RATES})


def lose_terms(licence):
    LicenceTerms.objects.update(in_force_from=None)


def lose_story(licence):
    licence.article.withdraw("It was wrong.")


def lose_rights(licence):
    licence.article.source.grants.update(media=["web"])


def lose_end(licence):
    change_licences(ends_on=None)


def lose_licence(licence):
    licence.revoke("It was printed with another byline.")


@pytest.mark.parametrize(
    ("lose", "words"),
    [
        (lose_answer, "The story is not in print any more, or our rate card does not offer any more what you had."),
        (lose_terms, "Nothing can be ordered at the moment."),
        (lose_story, "The story is not in print any more, or our rate card does not offer any more what you had."),
        (lose_rights, "The holder lets us sell it for web use only."),
        (lose_end, "It has no end."),
        (lose_licence, "It was revoked."),
    ],
)
def test_licence_that_cannot_be_renewed_says_why_and_is_not(client, lose, words):
    licence = make_licence()
    shown = fields_of(client.get(url(licence)))
    lose(licence)

    page, answer = client.get(url(licence)), submit(client, url(licence), shown)

    facts = [page.status_code, headline(page), words in said(page), "Renew it</button>" in said(page)]
    assert facts == [200, "This licence cannot be renewed in one click", True, False]
    assert (answer.status_code in {200, 409}, headline(answer) == headline(page), LicenceOrder.objects.count()) == (True, True, 1)


def test_picture_that_is_not_ours_any_more_stays_behind_and_the_page_says_so(client):
    story = make_story(pictures=[FOR_SALE])
    licence = make_licence(story, choice={"pictures": True})
    Image.objects.update(syndication=NONE)

    page = client.get(url(licence))

    assert ("Left out: The gauge, seen from gate 1." in said(page), total_in(fields_of(page))) == (True, "120.00")


def test_what_the_desk_has_to_be_asked_for_now_is_asked(client):
    licence = make_licence()
    licence.article.source.grants.update(may_sublicense="ASK")

    page = client.get(url(licence))
    submit(client, url(licence), fields_of(page))

    assert ["Ask to renew it</button>" in said(page), "The rights desk has to say yes before anything is owed." in said(page)] == [True, True]
    assert renewal_of(licence).state == "REQUESTED"


def test_only_the_orders_own_page_renews_its_licence(client):
    licence, other = make_licence(), make_licence(make_story(headline="The gate"))

    wrong = [url(licence).replace(licence.reference, other.reference), url(licence).replace(licence.order.secret, other.order.secret)]
    wrong += [url(licence).replace(licence.order.secret, "x" * 43), url(licence).replace(licence.reference, "2222-2222")]

    assert [client.get(address).status_code for address in wrong] + [submit(client, address).status_code for address in wrong] == [404] * 8
