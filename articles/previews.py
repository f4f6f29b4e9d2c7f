"""A story as it is written now, before readers see it: for the newsroom, and for those who have a secret link."""

from collections.abc import Iterator
from contextlib import contextmanager

from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_safe

from articles.models import Article, Image, SecretLink
from articles.models.writing import write
from articles.views import rendition_response
from newsroom.guards import secret_address


@contextmanager
def as_written(article: Article) -> Iterator[Article]:
    """Yield a story, fetched to be read, with what its working copy says: that is written onto its rows, and taken back at the end."""
    with transaction.atomic():
        if article.working_copy:
            write(article, article.working_copy.story)
        yield Article.objects.for_reading().get(pk=article.pk)
        transaction.set_rollback(True)


@require_safe
@secret_address
def preview(request: HttpRequest, secret: str) -> HttpResponse:
    """The story behind a secret link; one that readers can see now, or no more, is what they see of it."""
    link = _link(secret)
    article, stories = link.article, Article.objects.filter(pk=link.article_id)
    if not link.is_live or article.is_withdrawn and not stories.retracted().exists():
        return render(request, "articles/preview_ended.html", status=410)
    if article.is_withdrawn or not article.working_copy and stories.public().exists():
        return redirect(article)
    with as_written(article) as story:
        return render(request, "articles/article.html", {"article": story, "preview": True, "link": link})


@require_safe
@secret_address
def preview_picture(request: HttpRequest, secret: str, short_id: str, name: str) -> HttpResponseBase:
    """One copy of a picture of the story behind a secret link."""
    link, image = _link(secret), get_object_or_404(Image, short_id=short_id)
    if not link.is_live or link.article.is_withdrawn or not link.shows(image):
        raise Http404
    return rendition_response(request, image, name)


def _link(secret: str) -> SecretLink:
    link = SecretLink.objects.behind(secret)
    if not link:
        raise Http404
    return link
