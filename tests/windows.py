"""Last moments of windows, computed another way: days are stepped one by one, and the moment is looked for on the
client's clock second by second, instead of being asked of a library."""
import sys
from datetime import date, datetime, timedelta, timezone
from zoneinfo import ZoneInfo


def reading(zone, at):
    """What a clock of the zone reads at an instant (seconds since 1970)."""
    return datetime.fromtimestamp(at, timezone.utc).astimezone(zone).replace(tzinfo=None)


def first_reading(zone, wanted):
    """The first instant at which the clock reads `wanted` or later."""
    naive = int(wanted.replace(tzinfo=timezone.utc).timestamp())
    at = naive - 27 * 3600
    # Clocks are set back by less than four hours: nothing is skipped that read enough.
    while reading(zone, at + 6 * 3600) + timedelta(hours=4) < wanted:
        at += 6 * 3600
    # They are changed at whole quarters of an hour.
    while reading(zone, at) < wanted:
        at += 900
    at -= 900
    low, high = at, at + 900
    while high - low > 1:
        middle = (low + high) // 2
        if reading(zone, middle) < wanted:
            low = middle
        else:
            high = middle
    return high


def works(day, holidays):
    return day.weekday() < 5 and day not in holidays


def last_moment(start, zone, unit, length, cut_off, moved, holidays):
    day = reading(zone, start).date()
    one = timedelta(days=1)
    while length:
        day += one
        if unit == "calendar" or works(day, holidays):
            length -= 1
    if moved:
        while not works(day, holidays):
            day += one
    if cut_off is None:
        return first_reading(zone, datetime.combine(day + one, datetime.min.time())) - 1
    return first_reading(zone, datetime.combine(day, datetime.strptime(cut_off, "%H:%M").time()))


def main():
    zones = {}
    for line in sys.stdin:
        start, name, unit, length, cut_off, moved, days = line.split()
        zone = zones.setdefault(name, ZoneInfo(name))
        holidays = set() if days == "-" else {date.fromisoformat(d) for d in days.split(",")}
        cut_off = None if cut_off == "-" else cut_off
        print(last_moment(int(start), zone, unit, int(length), cut_off, moved == "moved", holidays))


main()
