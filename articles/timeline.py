"""A small picture of when the stories of a list were published: a bar for each year, month or day, which narrows the list to it."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date

from django.utils.formats import date_format

from articles.search import Tally

TALL = 8  # stories: so few fill no bar


@dataclass(frozen=True)
class Bar:
    """A year, a month or a day."""

    label: str  # short, under the bar
    name: str  # in full
    stories: int
    height: int  # of the fullest bar's, in hundredths
    address: str  # of its stories

    @property
    def top(self) -> int:
        return 100 - self.height


@dataclass(frozen=True)
class Timeline:
    """The bars, none of which is missing in between."""

    bars: list[Bar]
    is_exact: bool = True


def of_tally(tally: Tally, address: Callable[[str], str]) -> Timeline | None:
    """Return the years of what is found, or the months where it is all of one year; None where there is nothing to choose.

    `address` says where the stories of a year such as "2019" or a month such as "2019-05" are.
    """
    years = sorted(tally.years)
    if len(years) > 1:
        span = range(int(years[0]), int(years[-1]) + 1)
        periods = [(f"{year:04}", f"{year}", f"{year}", tally.years.get(f"{year:04}", 0)) for year in span]
    else:
        periods = [period for year in years for period in _months(int(year), tally.months)]
    return _timeline(periods, address, tally.is_exact)


def of_year(year: int, tally: Tally, address: Callable[[str], str]) -> Timeline | None:
    return _timeline(_months(year, tally.months), address, tally.is_exact, least=1)


def of_days(days: Mapping[date, int], address: Callable[[date], str]) -> Timeline | None:
    """Return the days of a month that have a number of stories each."""
    periods = [(day, f"{day.day}", date_format(day, "DATE_FORMAT"), stories) for day, stories in days.items()]
    return _timeline(periods, address)


def _months(year: int, stories: Mapping[str, int]) -> list[tuple]:
    months = [date(year, month, 1) for month in range(1, 13)]
    return [(f"{each:%Y-%m}", date_format(each, "M"), date_format(each, "YEAR_MONTH_FORMAT"), stories.get(f"{each:%Y-%m}", 0)) for each in months]


def _timeline(periods: list[tuple], address: Callable, is_exact: bool = True, least: int = 2) -> Timeline | None:
    if sum(1 for *_, stories in periods if stories) < least:
        return None
    most = max(TALL, *(stories for *_, stories in periods))
    bars = [Bar(label, name, stories, max(2, round(100 * stories / most)) if stories else 0, address(key)) for key, label, name, stories in periods]
    return Timeline(bars, is_exact)
