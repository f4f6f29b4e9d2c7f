"""Everything that the desk needs to decide about an order, gathered for one screen."""

from dataclasses import dataclass
from decimal import Decimal

from django.db.models import Prefetch, Q, Sum
from django.utils.functional import cached_property

from articles.models import Article, Image
from licensing.models import Delivery, Grant, Licence, LicenceOrder, Licensee, Notice, OrderedStory, Package, Payment, Refund, State
from licensing.rights import Ruling, pictures_of, resolve

from .sums import with_balance, with_stories

MOST = 20  # other orders of a buyer that are listed


@dataclass(frozen=True)
class StoryCase:
    """An ordered story with what rights say of it now."""

    story: OrderedStory
    text: Ruling
    pictures: list[tuple[Image, Ruling, bool]]  # and whether it was ordered
    problem: str


class Case:
    """An order, and what bears on it."""

    def __init__(self, order: LicenceOrder, colour: str = ""):
        self.colour = colour  # of its state
        self.order = LicenceOrder.objects.with_stories().select_related("decided_by", "account").get(pk=order.pk)

    @cached_property
    def stories(self) -> list[StoryCase]:
        """Each story with its quote, the rights that it needs, and what stands in its way today."""
        stories = list(self.order.stories.all())
        articles = {article.pk: article for article in Article.objects.for_licensing().filter(pk__in=[story.article_id for story in stories])}
        images = [image for article in articles.values() for image in pictures_of(article)]
        grants = list(Grant.objects.bearing_on(list(articles.values()), images))
        return [self._ruled_on(story, articles[story.article_id], grants) for story in stories]

    def _ruled_on(self, story: OrderedStory, article: Article, grants: list[Grant]) -> StoryCase:
        rights = resolve(article, story.wanted(story.starts_on()), grants)
        ordered = set(story.picture_ids)
        pictures = [(image, ruling, image.short_id in ordered) for image, ruling in rights.pictures.items()]
        is_settled = story.cancelled_at or story.licence or self.order.state in {State.DECLINED, State.CANCELLED}
        return StoryCase(story, rights.text, pictures, "" if is_settled else story.problem())

    # --- Money

    @cached_property
    def payments(self) -> list:
        return list(self.order.payments.select_related("recorded_by", "order"))

    @cached_property
    def refunds(self) -> list:
        return list(self.order.refunds.select_related("recorded_by", "order"))

    @cached_property
    def account(self) -> Licensee | None:
        """The account that it is, or could be, taken on."""
        return self.order.account or Licensee.objects.with_account(self.order.email)

    # --- The buyer

    @cached_property
    def _others(self):
        order = self.order
        same = Q(email__iexact=order.email) | Q(organisation__iexact=order.organisation)
        return LicenceOrder.objects.filter(same).exclude(pk=order.pk)

    @cached_property
    def others(self) -> list[LicenceOrder]:
        """The buyer's latest other orders."""
        return list(with_stories(with_balance(self._others))[:MOST])

    @cached_property
    def others_left_off(self) -> int:
        return self._others.count() - len(self.others)

    @cached_property
    def paid_by_buyer(self) -> Decimal:
        """What the buyer has paid for other orders in this one's currency, less what went back."""
        orders = self._others.filter(currency=self.order.currency)
        came, went = (model.objects.filter(order__in=orders).aggregate(sum=Sum("amount"))["sum"] for model in (Payment, Refund))
        return (came or Decimal(0)) - (went or Decimal(0))

    # --- What came of it

    @cached_property
    def events(self) -> list:
        return list(self.order.events.select_related("by"))

    @cached_property
    def licences(self) -> list[Licence]:
        """Its licences, with their packages, each time that one was fetched, and what their licensee was told."""
        deliveries = Prefetch("deliveries", Delivery.objects.order_by("pk"))
        packages = Prefetch("packages", Package.objects.select_related("revision", "licence").prefetch_related(deliveries))
        told = Prefetch("notices", Notice.objects.order_by("pk"))
        return list(self.order.licences.select_related("article").prefetch_related(packages, told).order_by("pk"))
