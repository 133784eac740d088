"""A moment in the spellings in which people and programs write it."""

from __future__ import annotations

import re
from datetime import date, datetime, timezone

_MONTHS = {
    "en": "January February March April May June July August September October November December",
    "de": "Januar Februar März April Mai Juni Juli August September Oktober November Dezember",
}
_BIRTHDAY = re.compile(r"(?<!\d)(\d{8}|\d{6})(?!\d)")


def date_spellings(day: date) -> tuple[str, ...]:
    """A day as ISO, German, British, US and compact, with the names of months in English and German.

    What stands between the parts does not matter to a scan: 2026-11-21 stands for 2026/11/21 too.
    """
    year, short = f"{day.year:04d}", f"{day.year % 100:02d}"
    month, number = f"{day.month:02d}", f"{day.day:02d}"
    numbers = [
        f"{year}-{month}-{number}",
        f"{year}{month}{number}",
        f"{number}{month}{year}",
        f"{short}{month}{number}",
        f"{number}.{month}.{year}",
        f"{number}.{month}.{short}",
        f"{month}/{number}/{year}",
        f"{month}/{number}/{short}",
        f"{day.day}.{day.month}.{year}",
        f"{day.month}/{day.day}/{year}",
        f"{day:%Y-%j}",
    ]
    words = []
    for months in _MONTHS.values():
        name = months.split()[day.month - 1]
        for written in dict.fromkeys((name, name[:3])):
            for which in dict.fromkeys((str(day.day), number, f"{day.day}{_ordinal(day.day)}")):
                for end in (year, short):
                    words += [f"{which} {written} {end}", f"{written} {which} {end}"]
    return tuple(dict.fromkeys(numbers + words))


def _ordinal(number: int) -> str:
    """21 -> st, as in 21st."""
    if number in (11, 12, 13):
        return "th"
    return {1: "st", 2: "nd", 3: "rd"}.get(number % 10, "th")


def clock_spellings(moment: datetime) -> tuple[str, ...]:
    """A time of day with and without seconds, of 24 and of 12 hours, and run together with the day: 06:36:51,
    06:36, 6:36 AM, 20261121063651.
    """
    half = moment.strftime("%p") or ("AM" if moment.hour < 12 else "PM")
    hour = moment.hour % 12 or 12
    return (
        f"{moment:%H:%M:%S}",
        f"{moment:%H:%M}",
        f"{moment:%H%M%S}",
        f"{hour}:{moment:%M} {half}",
        f"{hour}:{moment:%M:%S} {half}",
        f"{moment:%Y%m%d%H%M%S}",
        f"{moment:%Y%m%d%H%M}",
    )


def epoch_spellings(moment: datetime) -> tuple[str, ...]:
    """Seconds, milliseconds, microseconds and nanoseconds since 1970; a moment without a zone is in UTC."""
    known = moment if moment.tzinfo else moment.replace(tzinfo=timezone.utc)
    seconds = int(known.timestamp())
    milliseconds = round(known.timestamp() * 1000)
    return (str(seconds), str(milliseconds), str(milliseconds * 1000), str(milliseconds * 1000_000))


def in_zones(moment: datetime) -> tuple[datetime, ...]:
    """A moment as its own zone, as UTC and as this machine's zone write it."""
    if moment.tzinfo is None:
        return (moment,)
    # No set of them: in every zone it is the same moment, and so equal.
    return (moment, moment.astimezone(timezone.utc), moment.astimezone())


def dates_in_code(code: str) -> tuple[date, ...]:
    """The days that a participant code may mean: 19900512, 12051990, 900512, 120590 are all 12 May 1990."""
    found: dict[date, None] = {}
    for digits in _BIRTHDAY.findall(code.replace("-", "")):
        for form in ("%Y%m%d", "%d%m%Y", "%m%d%Y") if len(digits) == 8 else ("%y%m%d", "%d%m%y", "%m%d%y"):
            try:
                day = datetime.strptime(digits, form).replace(tzinfo=timezone.utc).date()
            except ValueError:
                continue
            if 1900 <= day.year < 2100:
                found[day] = None
    return tuple(found)
