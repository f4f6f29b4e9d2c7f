"""The static pages: about, privacy, terms. What is written here is sanitised like a story."""

from django.contrib import admin
from django.contrib.flatpages.admin import FlatPageAdmin as DjangoFlatPageAdmin
from django.contrib.flatpages.forms import FlatpageForm
from django.contrib.flatpages.models import FlatPage
from unfold.widgets import UnfoldAdminSelectMultipleWidget, UnfoldAdminTextInputWidget

from articles import body

from .base import NewsroomAdmin
from .fields import BodyFormField

admin.site.unregister(FlatPage)


class PageForm(FlatpageForm):
    """A static page."""

    content = BodyFormField()

    class Meta:
        model = FlatPage
        fields = ["url", "title", "content", "sites"]
        widgets = {"url": UnfoldAdminTextInputWidget, "title": UnfoldAdminTextInputWidget, "sites": UnfoldAdminSelectMultipleWidget}

    def clean_content(self):
        return body.sanitise(self.cleaned_data["content"])


@admin.register(FlatPage)
class PageAdmin(NewsroomAdmin, DjangoFlatPageAdmin):
    form = PageForm
    fieldsets = [(None, {"fields": ["url", "title", "content", "sites"]})]
    list_filter = []
