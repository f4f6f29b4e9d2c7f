"""Bring orders of one story each, and the terms of foreign sources, into the new tables."""

import secrets

from django.db import migrations

ONE_COUNTRY, WORLD = "country", "world"
EUROPE = "AT BE BG HR CY CZ DK EE FI FR DE GR HU IE IT LV LT LU MT NL PL PT RO SK SI ES SE GB NO IS LI CH".split()  # noqa: SIM905 (read as a line)


def move(apps, schema_editor):
    """Give each order its one story with what was ordered, and what is new its first value."""
    Order, Story = apps.get_model("licensing", "LicenceOrder"), apps.get_model("licensing", "OrderedStory")
    for order in Order.objects.all():
        rates = {rate.question.lower(): rate for rate in order.card.rates.all() if rate.name == getattr(order, rate.question.lower(), None)}
        rates.setdefault("territory", order.card.rates.filter(question="TERRITORY", key=ONE_COUNTRY).first())
        lines = list(order.lines.all())
        keys = {question: rate.key for question, rate in rates.items() if rate}
        is_one_country = keys.get("territory") == ONE_COUNTRY
        named = rates["territory"].countries if rates["territory"] else []
        is_worldwide = keys.get("territory") == WORLD
        story = Story.objects.create(
            order=order, article=order.article, card=order.card, position=1, medium=order.medium, territory=order.territory, term=order.term,
            audience=order.audience, keys=keys | {"country": order.country.code if is_one_country else ""},
            countries=[] if is_worldwide else named or [order.country.code],  # of a region that nobody has listed: never more than was sold
            months=order.months, fee=order.total, valid_until=order.created_at.date(),
            picture_ids=[line.image.short_id for line in lines if line.image_id and not line.is_left_out],
        )  # fmt: skip
        order.lines.update(story=story)
        order.release_secret, order.waits_since = secrets.token_urlsafe(32), order.decided_at or order.created_at
        order.save(update_fields=["release_secret", "waits_since"])
        order.licences.update(story=story)
    for licence in apps.get_model("licensing", "Licence").objects.select_related("story"):
        licence.pictures = [_kept(line.image) for line in licence.story.lines.exclude(image=None).filter(is_left_out=False)]
        licence.save(update_fields=["pictures"])


def move_money(apps, schema_editor):
    """Name each payment; what came in for a declined order had to be sent back first, so note that it was."""
    Payment, Refund = apps.get_model("licensing", "Payment"), apps.get_model("licensing", "Refund")
    for payment in Payment.objects.select_related("order"):
        payment.key = secrets.token_urlsafe(16)
        payment.save(update_fields=["key"])
        if payment.order.state == "DECLINED":
            order = payment.order
            Refund.objects.create(
                order=order, amount=payment.amount, key=secrets.token_urlsafe(16), sent_on=(order.decided_at or order.created_at).date(),
                recorded_by=order.decided_by, reason="Sent back before the order was declined.",
            )  # fmt: skip


def _kept(image) -> dict:
    """Return what a licence keeps of a picture; the file is looked at when its package is made."""
    import hashlib

    try:
        with image.file.open("rb") as file:
            sha256 = hashlib.file_digest(file, "sha256").hexdigest()
    except OSError:
        sha256 = ""
    return {"short_id": image.short_id, "alt_text": image.alt_text, "credit": image.credit, "holder": image.copyright_holder, "sha256": sha256}


def grant(apps, schema_editor):
    """Keep for sale what was: a source that is not ours, and that was said to be for sale, gets the grant that this stood for."""
    Source, Grant = apps.get_model("articles", "Source"), apps.get_model("licensing", "Grant")
    for source in Source.objects.filter(is_ours=False, syndication="FOR_SALE"):
        Grant.objects.create(source=source, holder=source.name, contact=source.rights_contact, reference="As it was before contracts were recorded")


def rename(apps, schema_editor):
    """Give the medium of schools the name that grants know it by."""
    Rate = apps.get_model("licensing", "Rate")
    taken = Rate.objects.filter(question="MEDIUM", key="education").values("card")
    Rate.objects.filter(question="MEDIUM", key="school").exclude(card__in=taken).update(key="education")


def name_countries(apps, schema_editor):
    """List the countries of Europe; of any other region only the desk knows them, so it is asked."""
    regions = apps.get_model("licensing", "Rate").objects.filter(question="TERRITORY", countries=[]).exclude(key__in=[ONE_COUNTRY, WORLD])
    regions.filter(key="europe").update(countries=EUROPE)
    regions.exclude(key="europe").update(desk="APPROVES")


class Migration(migrations.Migration):
    dependencies = [("licensing", "0002_orders_of_several_stories"), ("articles", "0001_initial")]
    operations = [migrations.RunPython(step, migrations.RunPython.noop) for step in (rename, name_countries, move, move_money, grant)]
