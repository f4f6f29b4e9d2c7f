"""The mails of the rights desk, through a real worker and a real mail server."""

import re

import pytest

from articles.terms import Syndication
from licensing.models import Licence, LicenceOrder
from licensing.tests.build import make_card, make_order, make_story, make_terms, pay, send

pytestmark = pytest.mark.django_db(transaction=True)
BUYER, DESK = "maud@hill-farming.example", "rights@localhost"
SITE = "http://localhost:8000"
ORGANISATION = 'Farming & Sons’ "Monthly" <b>'
REASON = "The photographer's heirs & we say <no>."


@pytest.fixture(autouse=True)
def card():
    make_terms()
    return make_card()


def plain(mail) -> str:
    return mail.get_body(["plain"]).get_content().replace("\r\n", "\n")


def html(mail) -> str:
    return mail.get_body(["html"]).get_content()


def envelope(mail) -> tuple:
    """Return what stands on a mail; a long subject that was folded begins with the space of its fold."""
    return mail["To"], mail["Subject"].strip(), mail["Reply-To"], mail["From"]


FROM = "The Halyard <post@localhost>"
NO_ACCOUNT = "No bank account is set, so the buyer was told that you would write"


def test_order_of_what_is_for_sale_tells_buyer_and_desk(client, post_office, work, settings):
    settings.BANK_ACCOUNT = "The Halyard\nGB29 NWBK 6016 1331 9268 19"
    send(client, make_story(headline="Rain & the shepherd's gauge"), organisation=ORGANISATION)

    work()

    order = LicenceOrder.objects.get()
    assert sorted(envelope(mail) for mail in post_office.messages) == [
        (BUYER, f"Your order {order.reference}", DESK, FROM),
        (DESK, f"Ordered: {order.reference}, {ORGANISATION}", BUYER, FROM),
    ]
    [buyers], [desks] = post_office.to(BUYER), post_office.to(DESK)
    facts = [
        "Rain & the shepherd's gauge",
        "€120.00",
        order.reference,
        "GB29 NWBK 6016 1331 9268 19",
        f"{SITE}{order.get_absolute_url()}",
        f"give {order.reference} as the payment reference",
    ]
    assert [fact for fact in facts if fact not in plain(buyers)] == []
    facts = [ORGANISATION, "Maud Ferrier, maud@hill-farming.example", "4 Drovers Yard", "Their own order number: HFM-2211"]
    facts += [f"{SITE}/admin/licensing/licenceorder/{order.pk}/change/"]
    assert [fact for fact in facts if fact not in plain(desks)] == []
    assert [NO_ACCOUNT in text for text in (plain(desks), html(desks))] == [False, False]
    assert [order.secret in text for text in (plain(desks), html(desks), str(buyers["Subject"]))] == [False] * 3


def test_desk_is_told_where_it_has_to_write_with_the_account_itself(client, post_office, work, settings):
    settings.BANK_ACCOUNT = ""
    send(client, make_story())
    send(client, make_story(None, headline="The gauge again"))

    work()

    told = {mail["Subject"].partition(":")[0]: [NO_ACCOUNT in plain(mail), NO_ACCOUNT in html(mail)] for mail in post_office.to(DESK)}
    assert told == {"Ordered": [True, True], "To decide": [False, False]}
    assert [NO_ACCOUNT in plain(mail) for mail in post_office.to(BUYER)] == [False, False]


def test_buyers_own_number_is_written_back_only_once_the_desk_has_looked(client, post_office, work):
    """Whoever types somebody else's address into the form writes nothing of their own into the mail that goes there."""
    send(client, make_story(None))
    work()
    order = LicenceOrder.objects.get()
    order.approve()
    work()
    pay(order)
    work()

    assert ["HFM-2211" in plain(mail) for mail in post_office.to(BUYER)] == [False, True, True]
    assert ["HFM-2211" in html(mail) for mail in post_office.to(BUYER)] == [False, True, True]
    assert [typed in plain(post_office.to(BUYER)[0]) for typed in ("Maud Ferrier", "Hill Farming Monthly", "Drovers Yard")] == [False] * 3


def test_request_tells_buyer_that_nothing_is_owed_and_desk_that_it_has_to_decide(client, post_office, work):
    send(client, make_story(None))

    work()

    order = LicenceOrder.objects.get()
    assert sorted(envelope(mail)[:3] for mail in post_office.messages) == [
        (BUYER, f"Your request to republish: order {order.reference}", DESK),
        (DESK, f"To decide: {order.reference}, Hill Farming Monthly", BUYER),
    ]
    [buyers] = post_office.to(BUYER)
    assert ("nothing is owed until it has said yes" in plain(buyers), "transfer" in plain(buyers)) == (True, False)


def test_html_is_escaped_and_plain_text_is_not(client, post_office, work):
    send(client, make_story(headline="Rain & the shepherd's <b>gauge</b>"), organisation=ORGANISATION)
    LicenceOrder.objects.get().decline(REASON)

    work()

    texts, pages = [plain(mail) for mail in post_office.messages], [html(mail) for mail in post_office.messages]
    assert [re.findall(r"&(?:amp|lt|gt|quot|#x?\w+);", text) for text in texts] == [[]] * 3
    assert [page for page in pages if "<b>" in page or "<no>" in page] == []
    assert ["Rain &amp; the shepherd&#x27;s &lt;b&gt;gauge&lt;/b&gt;" in page for page in pages] == [True] * 3
    assert [REASON in text for text in texts].count(True) == 1


def test_approval_tells_the_buyer_how_to_pay(post_office, work):
    order = make_order("REQUESTED")
    order.approve()

    work()

    [mail] = post_office.messages
    assert envelope(mail)[:3] == (BUYER, f"Approved, and now to be paid: order {order.reference}", DESK)
    assert [fact in plain(mail) for fact in (order.reference, "€120.00", f"{SITE}{order.get_absolute_url()}")] == [True] * 3
    assert "The story may be republished once you have paid and have the licence." in plain(mail)
    assert "<h1>Your request is approved</h1>" in html(mail)


def test_refusal_tells_the_buyer_why(post_office, work):
    order = make_order("REQUESTED")
    order.decline(REASON)

    work()

    [mail] = post_office.messages
    assert envelope(mail)[:3] == (BUYER, f"Your order {order.reference} was declined", DESK)
    assert (REASON in plain(mail), "Nothing is owed." in plain(mail), "The photographer&#x27;s heirs &amp; we say &lt;no&gt;." in html(mail)) == (
        True, True, True,
    )  # fmt: skip


def test_refusal_of_what_was_paid_says_that_the_money_is_on_its_way(post_office, work):
    order = make_order()
    pay(order, "20.00")
    order.decline(REASON, is_sent_back=True)

    work()

    [mail] = post_office.messages
    assert plain(mail).startswith(f"Good day,\n\nyour order was declined. The rights desk writes:\n\n{REASON}\n")
    assert ["What you paid is on its way back to you." in text for text in (plain(mail), html(mail))] == [True, True]
    assert ["Nothing is owed" in text for text in (plain(mail), html(mail))] == [False, False]


def test_payment_sends_the_licence_once_the_whole_price_is_there(post_office, work):
    order = make_order()
    pay(order, "60.00")
    work()
    before = len(post_office.messages)
    pay(order)

    work()

    licence = Licence.objects.get()
    [mail] = post_office.messages
    assert (before, envelope(mail)[:3]) == (0, (BUYER, f"Your licence {licence}", DESK))
    assert f"{SITE}/licence/{licence}/" in plain(mail)
    assert f'href="{SITE}/licence/{licence}/"' in html(mail)
    for text in (plain(mail), html(mail)):
        assert f"Print with the story: its byline, “First published by The Halyard”, and the reference {licence}." in text
        assert f"{SITE}/licence-terms/1/" in text


def test_every_link_of_every_mail_is_absolute_and_ours(client, post_office, work):
    send(client, make_story())
    order = LicenceOrder.objects.get()
    pay(order)
    make_order("REQUESTED").approve()
    make_order("REQUESTED").decline(REASON)
    LicenceOrder.objects.send_links(BUYER)

    work()

    links = [link for mail in post_office.messages for link in re.findall(r'(?:href|src)="([^"]*)"', html(mail))]
    assert len(post_office.messages) == 6
    assert {link for link in links if not link.startswith(f"{SITE}/")} == {f"mailto:{BUYER}"}  # the desk's
    assert {client.get(link.removeprefix(SITE)).status_code for link in links if link.startswith(SITE)} <= {200, 302}


def test_mail_of_a_story_that_the_law_took_down_does_not_name_it(post_office, work):
    story = make_story(Syndication.ON_REQUEST, pictures=["FOR_SALE"], headline="The secret gauge")
    order = make_order("REQUESTED", story, choice={"with_pictures": True})
    order.article.withdraw("A court has ordered it.", is_legal_takedown=True)
    order = LicenceOrder.objects.get()
    order.decline("A court has ordered it.")
    LicenceOrder.objects.send_links(BUYER)

    work()

    assert len(post_office.messages) == 2
    texts = [str(mail["Subject"]) + plain(mail) + html(mail) for mail in post_office.messages]
    assert [text for text in texts if "secret gauge" in text or "seen from gate" in text or story.get_absolute_url() in text] == []
    assert [text.count("A picture") for text in texts if "was declined" in text] == [2]


def test_order_that_is_undone_sends_nothing(client, post_office, work):
    order = make_order("REQUESTED", make_story(Syndication.ON_REQUEST))
    order.article.withdraw("It was wrong.")

    with pytest.raises(Exception, match="no longer in print"):
        order.approve()
    work()

    assert post_office.messages == []


def test_long_name_and_number_of_the_buyer_do_not_break_a_mail(client, post_office, work):
    send(client, make_story(), organisation="Ö" * 160, name="名" * 120, order_number="№" * 60)

    work()

    assert sorted(mail["To"] for mail in post_office.messages) == [BUYER, DESK]
    assert [mail["Bcc"] for mail in post_office.messages] == [None, None]
