"""Which days are free in China: weekends and public holidays, but for the weekends that are worked to make up."""

import datetime as dt
from functools import lru_cache
from typing import TYPE_CHECKING

from farm.language import in_readers_language

if TYPE_CHECKING:
    from holidays import HolidayBase


def is_workday(date: dt.date) -> bool:
    """Whether most people work on `date`. A year the State Council has not announced has no make-up workdays yet."""
    return bool(_of_year(date.year, "zh_CN").is_working_day(date))


def is_make_up_workday(date: dt.date) -> bool:
    """Whether `date` is a weekend that is worked for a longer holiday."""
    return date.weekday() >= 5 and is_workday(date)


def holiday_name(date: dt.date) -> str:
    """What is celebrated on `date` in the reader's language, or an empty string."""
    return str(_of_year(date.year, in_readers_language("zh_CN", "en_US")).get(date, ""))


@lru_cache
def _of_year(year: int, language: str) -> "HolidayBase":
    """Filled at once: looked up day by day, a weekend asked about first would not know that it is worked."""
    from holidays import country_holidays  # a tenth of a second that no web server's start waits for

    return country_holidays("CN", years=year, language=language)
