"""What the pages of an order say of its stories, found out for all of them at once."""

from dataclasses import dataclass

from django.db.models import Exists, OuterRef, Prefetch, prefetch_related_objects

from articles.models import Article
from licensing.models import Licence, LicenceOrder, Notice, OrderedStory


@dataclass(frozen=True)
class StoryShown:
    """An ordered story as its page shows it."""

    story: OrderedStory
    headline: str  # "" where it must not be said any more
    is_public: bool
    licence: Licence | None
    notices: tuple[Notice, ...]  # what its licensee was told and still holds, reminders of the end left out

    @property
    def is_corrected(self) -> bool:
        """Whether a text that corrects the licensed one stands in print (as Licence.corrected_revision)."""
        changes = [notice for notice in self.notices if notice.revision_id]
        return bool(changes) and changes[-1].kind == Notice.Kind.CORRECTED

    @property
    def can_be_fetched(self) -> bool:
        """Whether we still hand over its files: not once the licence is revoked, nor while the story is out of print."""
        return bool(self.licence and self.is_public and not self.licence.revoked_at)

    @property
    def can_be_renewed(self) -> bool:
        licence = self.licence
        return bool(licence and self.is_public and licence.ends_on and not licence.revoked_at and not licence.is_renewed)


def look_at(order: LicenceOrder) -> list[StoryShown]:
    """Load what an order's pages say of it, in as many queries for one story as for twenty, and return its stories."""
    licences = Licence.objects.annotate(is_renewed=Exists(OrderedStory.objects.renewing(OuterRef("pk"))))
    licences = licences.prefetch_related(Prefetch("notices", Notice.objects.filter(is_superseded=False).select_related("revision")))
    stories = (
        OrderedStory.objects.annotate(is_in_print=_among(Article.objects.public()), is_nameable=_among(Article.objects.nameable()))
        .select_related("article", "card", "renews").defer("article__body", "article__captions")
        .prefetch_related("lines__image", Prefetch("licences", licences))
    )  # fmt: skip
    prefetch_related_objects([order], Prefetch("stories", stories), "payments", "refunds")
    return [_shown(story) for story in order.stories.all()]


def _among(articles) -> Exists:
    return Exists(articles.filter(pk=OuterRef("article_id")))


def _shown(story: OrderedStory) -> StoryShown:
    licence = story.licence
    notices = licence.notices.all() if licence else ()
    told = tuple(notice for notice in notices if notice.kind != Notice.Kind.ENDING)
    return StoryShown(story, story.article.headline if story.is_nameable else "", story.is_in_print, licence, told)
