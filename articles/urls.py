"""The archive's public addresses. They are a contract: each means the same for ever."""

from django.urls import path, register_converter

from articles import converters, previews, views
from articles.feeds import views as feeds

register_converter(converters.Slug, "word")
register_converter(converters.ShortId, "short_id")
register_converter(converters.Secret, "link_secret")
register_converter(converters.RenditionName, "rendition")
register_converter(converters.FeedName, "feed")
register_converter(converters.Year, "yyyy")
register_converter(converters.TwoDigits, "dd")

app_name = "articles"
urlpatterns = [
    path("", views.front, name="front"),
    path("section/<word:slug>/", views.section, name="section"),
    path("topic/<word:slug>/", views.topic, name="topic"),
    path("author/<word:slug>/", views.author, name="author"),
    path("source/<word:slug>/", views.source, name="source"),
    path("<yyyy:year>/", views.year, name="year"),
    path("<yyyy:year>/<dd:month>/", views.month, name="month"),
    path("<yyyy:year>/<dd:month>/<dd:day>/", views.day, name="day"),
    path("<yyyy:year>/<dd:month>/<dd:day>/<word:slug>/", views.article, name="article"),
    path("s/<short_id:short_id>/", views.short, name="short"),
    path("s/<short_id:short_id>/report/", views.report, name="report"),
    path("s/<short_id:short_id>/reported/", views.reported, name="reported"),
    path("preview/<link_secret:secret>/", previews.preview, name="preview"),
    path("preview/<link_secret:secret>/<short_id:short_id>/<rendition:name>", previews.preview_picture, name="preview_picture"),
    path("search/", views.search, name="search"),
    path("search/suggestions/", views.suggestions, name="suggestions"),
    path("opensearch.xml", views.opensearch, name="opensearch"),
    path("pictures/<short_id:short_id>/<rendition:name>", views.picture, name="picture"),
    path("<feed:format>", feeds.front, name="front_feed"),
    path("section/<word:slug>/<feed:format>", feeds.section, name="section_feed"),
    path("topic/<word:slug>/<feed:format>", feeds.topic, name="topic_feed"),
    path("author/<word:slug>/<feed:format>", feeds.author, name="author_feed"),
    path("source/<word:slug>/<feed:format>", feeds.source, name="source_feed"),
    path("search/<feed:format>", feeds.search, name="search_feed"),
]
