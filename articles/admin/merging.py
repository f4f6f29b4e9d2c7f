"""Topics, or authors, that turn out to be one: which of them stays is asked on a page of its own."""

from urllib.parse import unquote

from django import forms
from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.db.models import Count, QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.urls import path, reverse
from django.utils.http import urlencode
from unfold.widgets import UnfoldAdminRadioSelectWidget

from articles.tasks import merge
from newsroom.jobs import defer

from .base import is_key

MOST = 20  # that are merged at once
NOW = 200  # stories; where more are moved, nobody waits for it
CHOOSE = f"Choose from two to {MOST} in the list, then “Merge…”."


class MergerForm(forms.Form):
    """Which of several stays."""

    keep = forms.ModelChoiceField(queryset=None, empty_label=None, label="Which one stays?", widget=UnfoldAdminRadioSelectWidget)

    def __init__(self, *args, rows: QuerySet, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["keep"].queryset = rows
        self.fields["keep"].label_from_instance = lambda row: (
            f"{row} ({unquote(row.get_absolute_url())}): {row.stories:,} {'story' if row.stories == 1 else 'stories'}"
        )


class MergingAdmin:
    """The part of the admin of topics and of authors that merges them."""

    actions = ["merge"]

    def get_urls(self):
        name = f"{self.opts.app_label}_{self.opts.model_name}_merge"
        return [path("merge/", self.admin_site.admin_view(self.merge_page), name=name), *super().get_urls()]

    def has_merge_permission(self, request):
        """Whoever may change one and delete another; an author's merger also changes bylines in print."""
        return self.has_change_permission(request) and self.has_delete_permission(request) and request.user.has_perm("articles.correct_article")

    @admin.action(description="Merge…", permissions=["merge"])
    def merge(self, request: HttpRequest, rows: QuerySet) -> HttpResponse:
        keys = list(rows.order_by("pk").values_list("pk", flat=True)[: MOST + 1])
        return redirect(f"{reverse(f'admin:{self.opts.app_label}_{self.opts.model_name}_merge')}?{urlencode({'id': keys}, doseq=True)}")

    def merge_page(self, request: HttpRequest) -> HttpResponse:
        """Ask which one stays, then have it take the others over: at once, or by a job where they have many stories."""
        if not self.has_merge_permission(request):
            raise PermissionDenied
        keys = {int(key) for key in request.GET.getlist("id") if is_key(key)}
        rows = self.model.objects.filter(pk__in=keys).annotate(stories=Count("articles", distinct=True)).order_by("-stories", "pk")
        if not 2 <= len(keys) <= MOST or len(rows) < 2:
            self.message_user(request, CHOOSE, messages.WARNING)
            return redirect(f"admin:{self.opts.app_label}_{self.opts.model_name}_changelist")
        form = MergerForm(request.POST or None, rows=rows, initial={"keep": rows[0].pk})
        if request.method == "POST" and form.is_valid():
            try:
                self._merge(request, form.cleaned_data["keep"], rows)
            except ValidationError as problem:
                form.add_error("keep", problem)
            else:
                return redirect(f"admin:{self.opts.app_label}_{self.opts.model_name}_changelist")
        context = {"title": f"Merge {self.opts.verbose_name_plural}", "form": form, "opts": self.opts, "is_author": self.opts.model_name == "author"}
        return TemplateResponse(request, "admin/articles/bulk/merge.html", self.admin_site.each_context(request) | context)

    def _merge(self, request: HttpRequest, kept, rows: QuerySet) -> None:
        others = [row for row in rows if row != kept]
        keys = [row.pk for row in others]
        kept.refuse(keys)
        if sum(row.stories for row in others) > NOW:
            defer(merge, kind=self.opts.model_name, kept=kept.pk, others=keys, by=request.user.pk)
            said = f"Their stories are moving to “{kept}”. There are many: look again in some minutes."
        else:
            kept.absorb(keys, request.user)
            said = f"“{kept}” now has the stories of {', '.join(f'“{row}”' for row in others)}. Their addresses lead to it."
        for row in others:
            self.log_change(request, kept, f"“{row}” was merged into it.")
        self.message_user(request, said, messages.SUCCESS)
