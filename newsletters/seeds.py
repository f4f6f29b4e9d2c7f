"""The newsletters that a new archive begins with."""

from django.db import transaction

from articles.models import Article
from newsletters.models import Issue, IssueStory, closing

DAYS = 4


@transaction.atomic
def load() -> None:
    """Make the newsletters of the last days on which stories came out, as if they had been sent then."""
    for day in Article.objects.public().dates("published_on", "day", order="DESC")[:DAYS]:
        issue = Issue.objects.create(day=day, closed_at=closing(day), written_at=closing(day))
        for position, story in enumerate(Article.objects.public().published_on_day(day).newest_first(), start=1):
            IssueStory.objects.create(issue=issue, article=story, position=position)
