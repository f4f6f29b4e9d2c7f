"""What a language tag is, and which way its texts run."""

import pytest
from django.core.exceptions import ValidationError

from articles import languages


@pytest.mark.parametrize(
    ("tag", "way"),
    [
        ("en", "ltr"), ("ar", "rtl"), ("he", "rtl"), ("fa", "rtl"), ("pt-BR", "ltr"), ("zh-Hant-TW", "ltr"), ("de-1996", "ltr"),
        ("ku-Arab", "rtl"), ("ar-Latn", "ltr"), ("sr-latn", "ltr"),
    ],
)  # fmt: skip
def test_language_runs_as_its_script_does(tag, way):
    languages.check(tag)

    assert languages.direction(tag) == way


@pytest.mark.parametrize("tag", ["", "x", "xx", "root", "und", "english", "en_GB", "en-US.UTF-8", 'en@"><b', "de@a=b&<>", "en-", "-en", "en\n"])
def test_what_is_no_tag_is_refused_in_words(tag):
    with pytest.raises(ValidationError, match="is no language tag. It looks like en, pt-BR or ar"):
        languages.check(tag)
