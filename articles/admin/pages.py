"""The static pages: about, privacy, terms. What is written here is sanitised like a story."""

from django.contrib import admin
from django.contrib.flatpages.admin import FlatPageAdmin as DjangoFlatPageAdmin
from django.contrib.flatpages.forms import FlatpageForm
from django.contrib.flatpages.models import FlatPage
from django.contrib.sites.models import Site
from unfold.widgets import UnfoldAdminTextInputWidget

from articles import body

from .base import NewsroomAdmin
from .fields import PAGE, BodyFormField

admin.site.unregister(FlatPage)


class PageForm(FlatpageForm):
    """A static page."""

    content = BodyFormField(extensions=PAGE)

    class Meta:
        model = FlatPage
        fields = ["url", "title", "content"]
        widgets = {"url": UnfoldAdminTextInputWidget, "title": UnfoldAdminTextInputWidget}

    def clean_content(self):
        return body.sanitise(self.cleaned_data["content"])

    def clean(self):
        self.cleaned_data["sites"] = Site.objects.all()  # there is one, at SITE_URL
        return super().clean()


@admin.register(FlatPage)
class PageAdmin(NewsroomAdmin, DjangoFlatPageAdmin):
    form = PageForm
    fieldsets = [(None, {"fields": ["url", "title", "content"]})]
    list_filter = []

    def save_related(self, request, form, formsets, change):
        super().save_related(request, form, formsets, change)
        form.instance.sites.set(Site.objects.all())
