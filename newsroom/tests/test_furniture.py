"""Masthead and footer are put together once for what stands in them, and anew for anything else."""

from datetime import date

from newsroom.templatetags.furniture import Way, _put_together

PUBLICATION = (("name", "The Halyard"), ("rights_email", "rights@example.org"))
HARBOUR = Way("Harbour", "sea", "/section/harbour/", "")


def masthead(language="en-gb", today=date(2026, 5, 6), sections=(HARBOUR,)):
    return _put_together("partials/_masthead.html", language, today, sections, PUBLICATION)


def test_furniture_is_of_its_day_its_sections_and_its_page():
    first = masthead()

    assert masthead() is first
    assert ("Wednesday 6 May 2026" in first, "Thursday 7 May 2026" in masthead(today=date(2026, 5, 7))) == (True, True)
    assert "tone-brick" in masthead(sections=(HARBOUR._replace(tone="brick"),))
    assert 'aria-current="page"' in masthead(sections=(HARBOUR._replace(current="page"),))
    assert masthead(language="de") is not first
