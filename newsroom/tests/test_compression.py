"""What leaves in gzip, and what does not."""

import gzip

import pytest
from django.urls import reverse

from articles.tests.build import make_article, make_figure, make_image

pytestmark = pytest.mark.django_db
GZIP = {"Accept-Encoding": "gzip, deflate, br"}


def test_page_is_compressed_for_who_takes_that(client):
    make_article("Ferry late", publish=True)

    plain, small = client.get("/"), client.get("/", headers=GZIP)

    assert ("Content-Encoding" in plain, small["Content-Encoding"], small["Vary"]) == (False, "gzip", "Accept-Encoding")
    assert gzip.decompress(small.content) == plain.content
    assert len(small.content) < len(plain.content) / 2


def test_pictures_and_files_are_not_compressed_twice(client):
    image = make_image()
    make_figure(make_article(), image=image).article.publish()

    picture = client.get(image.rendition_url(480), headers=GZIP)
    archive = client.get(reverse("licensing:sample_file"), headers=GZIP)

    picture.close()
    assert [(answer.status_code, "Content-Encoding" in answer) for answer in (picture, archive)] == [(200, False)] * 2
