"""Former addresses of sections, topics, sources and authors: they lead to where those are now, for ever."""

from collections.abc import Callable
from functools import wraps

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect

from articles.models.subjects import Subject
from newsroom.caching import public


def forwards(model: type[Subject]) -> Callable:
    """Have a view that finds nothing at a slug lead to the same page, or feed, of what the slug once belonged to."""

    def decorate(view: Callable) -> Callable:
        @wraps(view)
        def forwarding(request: HttpRequest, slug: str, **kwargs) -> HttpResponse:
            try:
                return view(request, slug, **kwargs)
            except Http404:
                now = model.objects.with_page().filter(former_slugs__slug=slug).first()
                if not now or now.slug == slug:
                    raise
            response = redirect(request.resolver_match.view_name, slug=now.slug, permanent=True, **kwargs)
            response["Location"] += f"?{query}" if (query := request.META.get("QUERY_STRING")) else ""
            response["Cache-Control"] = public(max_age=60)  # one that moves away and back must not loop in a browser
            return response

        return forwarding

    return decorate
