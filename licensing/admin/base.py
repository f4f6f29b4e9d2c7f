"""What documents with versions have in common, and how a button asks before it acts."""

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.template.response import TemplateResponse

from articles.admin.base import NewsroomAdmin
from articles.admin.stories import number

from .forms import DeskForm


class VersionAdmin(NewsroomAdmin):
    """Documents with versions: a draft can be changed, what has been in force is kept for ever."""

    readonly_fields = ["version"]

    def has_change_permission(self, request, obj=None):
        return super().has_change_permission(request, obj) and not (obj and obj.has_begun)

    def has_delete_permission(self, request, obj=None):
        return super().has_delete_permission(request, obj) and not (obj and obj.has_begun)


class AskingMixin:
    """Buttons above a record. Each opens a page that shows it with a form; sent, the form calls one verb of the model."""

    asks: dict[str, type[DeskForm]]  # by the name of the button
    ask_template: str

    def get_actions_detail(self, request, object_id):
        """Offer the buttons that fit the state of the row; the page behind each says itself why it came too late."""
        row = self.get_object(request, object_id)
        buttons = super().get_actions_detail(request, object_id)
        return [button for button in buttons if row and self.asks[button.method.original_function_name].fits(row)]

    def shown_with(self, request: HttpRequest, row) -> dict:
        """Return what the page shows with the form."""
        return {}

    def ask(self, request: HttpRequest, object_id: int | str, button: str) -> HttpResponse:
        """Show a row with a button's form; when the form is sent, do what it says, and note it in the row's history."""
        row = get_object_or_404(self.get_queryset(request), pk=number(object_id))
        form_class, back = self.asks[button], redirect(f"admin:{self.opts.app_label}_{self.opts.model_name}_change", row.pk)
        form = form_class(row, request.POST if request.method == "POST" else None)
        if not form.fits(row) and not (form.is_valid() and form.was_sent_before):
            self.message_user(request, f"{form.verb}: {form.too_late}", messages.ERROR)
            return back
        if form.is_valid():
            try:
                said = form.save(by=request.user)
            except ValidationError as problem:
                form.add_error(None, problem)
                row = get_object_or_404(self.get_queryset(request), pk=row.pk)
            else:
                self.log_change(request, row, said)
                self.message_user(request, said, messages.SUCCESS)
                return back
        context = self.admin_site.each_context(request) | {"title": f"{form.verb}: {row}", "form": form, "back": back.url, "opts": self.opts}
        return TemplateResponse(request, self.ask_template, context | self.shown_with(request, row))
