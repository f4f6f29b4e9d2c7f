"""Public addresses."""

from django.urls import path, register_converter
from django.views.generic import TemplateView

from newsletters import converters, views

register_converter(converters.Secret, "newsletter_secret")


def words(template: str):
    """Return the view of a page that says the same to everybody."""
    return TemplateView.as_view(template_name=f"newsletters/{template}.html")


app_name = "newsletters"
urlpatterns = [
    path("newsletter/", views.subscribe, name="subscribe"),
    path("newsletter/asked/", words("subscription_asked"), name="asked"),
    path("newsletter/confirm/<newsletter_secret:token>/", views.confirm, name="confirm"),
    path("newsletter/confirmed/", words("subscription_confirmed"), name="confirmed"),
    path("newsletter/leave/<newsletter_secret:key>/", views.leave, name="leave"),
    path("newsletter/left/", words("subscription_left"), name="left"),
    path("newsletter/<yyyy:year>/<dd:month>/<dd:day>/", views.issue, name="issue"),
]
