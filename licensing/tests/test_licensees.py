"""Whom a withdrawal concerns, said before it is done."""

import pytest
from django.test import Client

from articles.models import Article, BulkChange
from articles.tests.build import make_user
from articles.tests.newsroom import EDITOR, change_url, sign_in
from licensing.models import Licence, State
from licensing.tests.build import make_order

pytestmark = pytest.mark.django_db


def test_licensees_are_named_before_a_story_is_withdrawn_unless_their_licence_has_ended():
    licence = make_order(State.PAID).licences.get()
    editor, page = sign_in("editor", *EDITOR), change_url(licence.article, "withdraw")

    before = editor.get(page).text
    Licence.objects.update(revoked_at=licence.issued_at, revocation_reason="Not paid.")
    after = editor.get(page).text

    assert all(words in before for words in (licence.organisation, licence.reference, "One licence for this story stands"))
    assert (licence.organisation in after, "Nobody has a licence for this story" in after) == (False, True)


def test_licensees_are_named_before_many_stories_are_withdrawn():
    licence = make_order(State.PAID).licences.get()
    user, editor = make_user("chief", is_superuser=True), Client()
    editor.force_login(user)
    ask = f"/admin/articles/bulkchange/{BulkChange.objects.gather('WITHDRAW', Article.objects.all(), user).pk}/ask/"

    before = editor.get(ask).text
    publish = editor.get(f"/admin/articles/bulkchange/{BulkChange.objects.gather('PUBLISH', Article.objects.all(), user).pk}/ask/").text

    assert all(words in before for words in (licence.organisation, licence.headline, "One licence for these stories stands"))
    assert licence.organisation not in publish
