"""Builders of subscriptions and newsletters, and the way of a reader through the forms."""

import re
from datetime import UTC, date, datetime, timedelta

from django.utils import timezone

from articles.models import Article
from articles.tests.build import make_article
from mail.models import Message
from newsletters import consent
from newsletters.models import Consent, Issue, IssueStory, Subscription, closing

INES = "ines@example.org"
FROM_HERE = {"Sec-Fetch-Site": "same-origin"}
DAY = date(2024, 6, 11)
CLOSING = datetime(2024, 6, 11, 16, 30, tzinfo=UTC)  # 17.30 of that day in London


def make_subscription(email=INES, state=Subscription.State.ACTIVE, **fields) -> Subscription:
    """Return a subscription with its proof; without a moment of their own its steps were taken a year ago."""
    at = fields.pop("at", timezone.now() - timedelta(days=365))
    moments = {"confirmed_at": None if state == "PENDING" else at, "left_at": at if state == "LEFT" else None}
    subscription = Subscription.objects.create(email=email, state=state, asked_at=at, **moments | fields)
    subscription.consents.create(event=Consent.Event.ASKED, at=at, wording=consent.WORDING, wording_version=consent.VERSION, page="/newsletter/")
    return subscription


def make_story(headline="Ferry late for the fortieth time", minutes=60, **fields) -> Article:
    """Return a story in print since so many minutes before CLOSING."""
    return make_article(headline, published_at=CLOSING - timedelta(minutes=minutes), publish=True, **fields)


def make_issue(*stories: Article, day=DAY) -> Issue:
    issue = Issue.objects.create(day=day, closed_at=closing(day))
    for position, story in enumerate(stories, start=1):
        IssueStory.objects.create(issue=issue, article=story, position=position)
    return issue


def form(email=INES, **fields) -> dict:
    """Return what a browser sends from the form under a story."""
    return {"email": email, "website": "", "wording_version": consent.VERSION, "page": "/2024/06/11/ferry-late/"} | fields


def ask(client, email=INES, headers=FROM_HERE, **fields):
    """Return the answer to the form."""
    return client.post("/newsletter/", form(email, **fields), headers=headers)


def mailed_token(email=INES) -> str:
    """Return the token in the newest mail to an address that is still to be sent."""
    return re.search(r"/newsletter/confirm/([\w-]{22})/", Message.objects.filter(to=email, sent_at=None).first().text)[1]


def asked_token(email=INES, at=None) -> str:
    """Have an address ask, and return the token that was mailed to it."""
    Subscription.objects.ask(email, "/newsletter/", at)
    return mailed_token(email)
