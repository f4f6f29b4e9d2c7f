"""What is printed of an order: the quote as a sheet."""

from django.conf import settings
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from licensing.models import LicenceOrder, LicenceTerms, QuoteLine
from licensing.money import in_words
from licensing.proof.sheets import QuotedStory, QuoteSheet, quote_sheet


def quote(order: LicenceOrder, stories: list) -> bytes:
    """Return the quote of a draft as a PDF; `stories` are its stories as views.showing has looked at them: what must not be named is not."""
    terms = LicenceTerms.objects.current()
    return quote_sheet(
        QuoteSheet(
            publication=settings.PUBLICATION_NAME,
            reference=order.reference,
            quoted_on=timezone.localdate(order.created_at),
            valid_until=order.valid_until,
            currency=order.currency,
            total=order.price,
            link=settings.SITE_URL + order.get_absolute_url(),
            rights_email=settings.RIGHTS_EMAIL,
            terms_version=terms.version if terms else 0,
            card_version=max(row.story.card.version for row in stories),
            is_open=order.is_open,
            cannot_be_ordered=not all(row.is_public for row in stories),
            stories=tuple(_story(row, order.currency) for row in stories),
        )
    )


def _story(row, currency: str) -> QuotedStory:
    return QuotedStory(
        headline=row.headline or _("A story that we had to take down"),
        scope=tuple(answer for question, answer in row.story.scope),
        lines=tuple((_reason(line, row.headline), _amount(line, currency)) for line in row.story.lines.all()),
        subtotal=in_words(row.story.fee, currency),
        asks=tuple(row.story.asks if row.is_public else [_("The rights desk has to say yes first.")] * bool(row.story.asks)),
    )


def _reason(line: QuoteLine, headline: str) -> str:
    return _("A picture") if line.image_id and not headline else line.reason


def _amount(line: QuoteLine, currency: str) -> str:
    if line.is_left_out:
        return "–"
    return in_words(line.amount, currency) if line.amount else pgettext("in the price", "included")
