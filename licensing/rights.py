"""Whose is it? What may be sold of a story and of each of its pictures, with the reason: asked before any price is."""

from dataclasses import dataclass
from datetime import date

from django.conf import settings
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from articles.models import Article, Image
from articles.terms import Syndication
from licensing.models.grants import Grant

FREE, FOR_SALE, ON_REQUEST, NONE = Syndication
MOST_LIMITS = 3  # that one sentence names


@dataclass(frozen=True)
class Wanted:
    """What somebody wants to do, as far as rights care.

    No countries means the whole world, None that they are not chosen yet; no last day means without end.
    """

    medium: str
    countries: frozenset[str] | None
    starts_on: date
    ends_on: date | None

    @property
    def scope(self) -> tuple:
        return (self.medium, self.countries, self.starts_on, self.ends_on)


@dataclass(frozen=True)
class Ruling:
    """What may be done with a text or a picture, why, whose it is, and who can be asked for it."""

    terms: Syndication
    reason: str
    holder: str = ""
    contact: str = ""


@dataclass(frozen=True)
class Rights:
    """The rulings on a story: on its text, and on each of its pictures."""

    text: Ruling
    pictures: dict[Image, Ruling]


def resolve(article: Article, wanted: Wanted | None = None, grants: list[Grant] | None = None) -> Rights:
    """Rule on a story (with its source and figures loaded) and its pictures: for one use, or, where none is named, for any.

    One query, unless the grants that bear on it are handed in. The strictest of what source, story and picture state wins; what is not
    ours is sold within a grant only, the nearest there is; a refusal beats every grant; what is unknown is asked.
    """
    images = pictures_of(article)
    if grants is None:
        grants = list(Grant.objects.bearing_on([article], images))
    text = _rule_on_text(article, wanted, grants)
    return Rights(text, {image: _rule_on_picture(article, image, text, wanted, grants) for image in images})


def pictures_of(article: Article) -> list[Image]:
    """Return the story's pictures, each once, in their order."""
    return list(dict.fromkeys(figure.image for figure in article.figures.all() if figure.image))


def _rule_on_text(article: Article, wanted: Wanted | None, grants: list[Grant]) -> Ruling:
    source, terms = article.source, article.terms
    holder, contact = (source.name, source.rights_contact) if source else ("", "")
    if terms == NONE:
        is_ours = bool(source and source.is_ours)
        reason = _("We do not let it be republished.") if is_ours else _withheld(holder) or _("Its owner does not let us pass it on.")
        return Ruling(NONE, reason, holder, "" if is_ours else contact)
    inherited = [grant for grant in grants if source and grant.source_id == source.pk]
    own = [grant for grant in grants if grant.article_id == article.pk]
    if refusal := _refusal(own + inherited, wanted, contact):
        return refusal
    stated = Ruling(terms, _stated(terms) if source else _("We do not know for certain who holds its rights."), holder, contact)
    granting = _granting(own) or _granting(inherited)
    if terms == FREE or not granting and (not source or source.is_ours):
        return stated
    return _within(stated, granting, wanted)


def _rule_on_picture(article: Article, image: Image, text: Ruling, wanted: Wanted | None, grants: list[Grant]) -> Ruling:
    if text.terms == NONE:
        return Ruling(NONE, text.reason, image.copyright_holder or text.holder, text.contact)
    source, terms = article.source, Syndication.strictest([text.terms, image.syndication or ON_REQUEST])
    is_foreign = image.copyright_holder not in {"", text.holder, source.name if source else "", settings.PUBLICATION_NAME}
    holder, contact = image.copyright_holder or text.holder, "" if is_foreign else text.contact
    own = [grant for grant in grants if grant.image_id == image.pk]
    if terms == NONE:
        is_ours = image.copyright_holder == settings.PUBLICATION_NAME or source and source.is_ours and not is_foreign
        reason = _("We do not let it be republished.") if is_ours else _withheld(holder) or _("Its holder does not let us pass it on.")
        return Ruling(NONE, reason, holder, next((grant.contact for grant in own if grant.contact), "" if is_ours else contact))
    if refusal := _refusal(own, wanted, contact):
        return refusal
    stated = Ruling(terms, text.reason if terms == text.terms == ON_REQUEST else _stated(terms), holder, contact)
    granting = _granting(own)
    if terms == FREE or not granting and not is_foreign:
        return stated  # the story's grants have been weighed in its own ruling
    return _within(stated, granting, wanted)


def _stated(terms: Syndication) -> str:
    return {FREE: _("Free to republish."), FOR_SALE: _("For sale."), ON_REQUEST: _("The rights desk looks at each request.")}[terms]


def _withheld(holder: str, limits: str = "") -> str:
    """Return a holder's no as a sentence; "" where nobody knows who that is."""
    if limits:
        return _("%(holder)s does not let us pass it on %(limits)s.") % {"holder": holder, "limits": limits}
    return _("%(holder)s does not let us pass it on.") % {"holder": holder} if holder else ""


def _granting(grants: list[Grant]) -> list[Grant]:
    return [grant for grant in grants if grant.may_sublicense != Grant.Sublicence.NO]


def _refusal(grants: list[Grant], wanted: Wanted | None, contact: str) -> Ruling | None:
    """Return what a holder's no comes to, where it bears on any of the use."""
    day = timezone.localdate()
    for grant in grants:
        if grant.may_sublicense != Grant.Sublicence.NO:
            continue
        if grant.touches(*wanted.scope) if wanted else grant.is_open(day) and not grant.media and not grant.countries:
            return Ruling(NONE, _withheld(grant.holder, grant.limits), grant.holder, grant.contact or contact)
    return None


def _within(stated: Ruling, granting: list[Grant], wanted: Wanted | None) -> Ruling:
    """Narrow what is stated down to what the nearest grants let us do."""
    if not granting:
        return Ruling(ON_REQUEST, _("No contract with %(holder)s is on record.") % {"holder": stated.holder}, stated.holder, stated.contact)
    day = timezone.localdate()
    covering = [grant for grant in granting if (grant.covers(*wanted.scope) if wanted else grant.is_open(day))]
    if not covering:
        nearest, limits = granting[0], list(dict.fromkeys(grant.limits for grant in granting))
        if len(limits) <= MOST_LIMITS:
            words = {"holder": nearest.holder, "uses": pgettext("between uses", " or ").join(limits)}
            reason = _("%(holder)s lets us sell it %(uses)s only.") % words
        else:
            reason = _("%(holder)s lets us sell it for some uses only.") % {"holder": nearest.holder}
        return Ruling(NONE, reason, nearest.holder, nearest.contact or stated.contact)
    best = min(covering, key=lambda grant: grant.may_sublicense != Grant.Sublicence.YES)
    if best.may_sublicense == Grant.Sublicence.ASK:
        return Ruling(ON_REQUEST, _("%(holder)s has to be asked each time.") % {"holder": best.holder}, best.holder, best.contact or stated.contact)
    return Ruling(stated.terms, stated.reason, best.holder, best.contact or stated.contact)
