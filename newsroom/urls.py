"""Every address of the site."""

from django.contrib import admin
from django.contrib.flatpages.views import flatpage
from django.urls import include, path, re_path

from articles import sitemaps
from newsroom import views
from newsroom.caching import kept

urlpatterns = [
    path("", include("articles.urls")),
    path("", include("licensing.urls")),
    path("", include("newsletters.urls")),
    path("admin/r/<path:shortcut>", views.nowhere),  # Django's “view on site” would tell any member of the staff a draft's address
    path("admin/", admin.site.urls),
    path("sitemap.xml", sitemaps.index, name="sitemap"),
    path("sitemap-pages.xml", sitemaps.pages, name="sitemap_pages"),
    path("sitemap-news.xml", sitemaps.news, name="sitemap_news"),
    path("sitemap-<yyyy:year>-<dd:month>.xml", sitemaps.month, name="sitemap_month"),
    path("sitemap-<yyyy:year>-<dd:month>-<int:part>.xml", sitemaps.month, name="sitemap_month"),
    path("healthz", views.health, name="health"),
    path("robots.txt", views.robots, name="robots"),
    re_path(r"^(?P<url>[-\w/]{1,90}/)$", kept()(flatpage), name="flatpage"),
]
