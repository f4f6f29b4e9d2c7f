"""Every page of the newsroom, whichever app it belongs to."""

import pytest
from django.contrib import admin
from django.contrib.auth.models import Group
from django.contrib.flatpages.models import FlatPage

from articles.models import Article, FrontPageStory
from articles.tests.build import make_article, make_bulk_change, make_figure, make_image, make_source
from articles.tests.newsroom import sign_in
from licensing.models import Licensee
from licensing.tests.build import make_card, make_grant, make_order, make_terms
from mail.models import Message
from mail.tasks import deliver
from newsletters.tests.build import make_issue, make_subscription
from newsroom.jobs import defer

pytestmark = pytest.mark.django_db
ROWS = {
    "articles.FrontPageStory": lambda: FrontPageStory.objects.create(article=Article.objects.first(), place=1),
    "articles.BulkChange": make_bulk_change,
    "articles.ErrorReport": lambda: Article.objects.first().error_reports.create(text="It was eleven minutes."),
    "articles.Source": make_source,
    "auth.Group": lambda: Group.objects.create(name="Sub-editors"),
    "licensing.Grant": lambda: make_grant(article=Article.objects.first()),
    "licensing.Licensee": lambda: Licensee.objects.create(organisation="Skagen Avis", email="redaktion@skagen-avis.example"),
    "licensing.Licence": lambda: make_order("PAID"),
    "licensing.LicenceOrder": lambda: make_order("PAID"),
    "licensing.LicenceTerms": make_terms,
    "licensing.RateCard": make_card,
    "mail.Message": lambda: Message.objects.post("order_links", "maud@hill-farming.example", {"orders": []}),
    "newsletters.Issue": lambda: make_issue(Article.objects.first()),
    "newsletters.Subscription": make_subscription,
    "procrastinate.ProcrastinateJob": lambda: defer(deliver, message=1),
    "flatpages.FlatPage": lambda: FlatPage.objects.create(url="/about/", title="About", content="<p>About us.</p>"),
}
RECORDS = {"licensing.Licence", "licensing.LicenceOrder", "mail.Message", "newsletters.Issue", "newsletters.Subscription"}
RECORDS |= {"articles.BulkChange", "articles.ErrorReport", "articles.FrontPageStory", "procrastinate.ProcrastinateJob"}


@pytest.mark.parametrize("model", sorted(admin.site._registry, key=lambda model: model._meta.label), ids=lambda model: model._meta.label)
def test_every_list_and_form_opens(model):
    article = make_article(authors=["Ines Calloway"], topics=["Ferries"])
    make_figure(article, image=make_image(), is_lead=True)
    article.publish()
    ROWS.get(model._meta.label, lambda: None)()
    chief = sign_in("chief", is_superuser=True)
    base = f"/admin/{model._meta.app_label}/{model._meta.model_name}/"
    row = model.objects.first()

    addresses = [base, f"{base}?q=ferry", f"{base}{row.pk}/change/", f"{base}{row.pk}/history/"]

    assert [chief.get(address).status_code for address in addresses] == [200] * len(addresses)
    assert chief.get(f"{base}add/").status_code == (403 if model._meta.label in RECORDS else 200)
    assert chief.get(f"{base}?q=%00").status_code == 400
