"""The addresses of republication. A licence's is printed on proofs: it means the same for ever."""

from django.urls import path, register_converter

from licensing import converters, views

register_converter(converters.Secret, "secret")
register_converter(converters.Typed, "typed")

app_name = "licensing"
urlpatterns = [
    path("republish/<short_id:short_id>/", views.republish, name="republish"),
    path("republish/<short_id:short_id>/price/", views.price, name="price"),
    path("orders/", views.links, name="links"),
    path("orders/sent/", views.links_sent, name="links_sent"),
    path("orders/<secret:secret>/", views.order, name="order"),
    path("licence/", views.check, name="check"),
    path("licence/<typed:reference>/", views.licence, name="licence"),
    path("licence-terms/", views.terms, name="terms"),
    path("licence-terms/<int:version>/", views.terms, name="terms"),
]
