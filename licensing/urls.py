"""The addresses of republication. A licence's is printed on proofs: it means the same for ever."""

from django.urls import path, register_converter

from licensing import converters
from licensing.views import buying, licences, orders

register_converter(converters.Secret, "secret")
register_converter(converters.Typed, "typed")

app_name = "licensing"
urlpatterns = [
    path("republish/<short_id:short_id>/", buying.republish, name="republish"),
    path("republish/<short_id:short_id>/price/", buying.price, name="price"),
    path("republish/sample/", licences.sample, name="sample"),
    path("republish/sample.zip", licences.sample_file, name="sample_file"),
    path("orders/", orders.links, name="links"),
    path("orders/sent/", orders.links_sent, name="links_sent"),
    path("orders/release/<secret:secret>/", orders.release, name="release"),
    path("orders/<secret:secret>/", orders.order, name="order"),
    path("orders/<secret:secret>/quote.pdf", orders.quote, name="quote"),
    path("orders/<secret:secret>/stories/", orders.stories, name="stories"),
    path("orders/<secret:secret>/stories/<short_id:short_id>/", orders.add, name="add"),
    path("orders/<secret:secret>/drop/<short_id:short_id>/", orders.drop, name="drop"),
    path("orders/<secret:secret>/price-anew/", orders.price_anew, name="price_anew"),
    path("orders/<secret:secret>/answer/", orders.answer, name="answer"),
    path("orders/<secret:secret>/licences/<typed:reference>/package/", licences.fetch, name="fetch"),
    path("orders/<secret:secret>/licences/<typed:reference>/renew/", licences.renew, name="renew"),
    path("orders/<secret:secret>/licences/<typed:reference>/seen/<int:notice>/", licences.acknowledge, name="acknowledge"),
    path("packages/<str:token>/", licences.package, name="package"),
    path("licence/", licences.check, name="check"),
    path("licence/<typed:reference>/", licences.licence, name="licence"),
    path("licence-terms/", licences.terms, name="terms"),
    path("licence-terms/<int:version>/", licences.terms, name="terms"),
    path(".well-known/jwks.json", licences.keys, name="keys"),
]
