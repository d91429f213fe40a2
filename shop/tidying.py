"""The shop's own broom: places in line and photos that nobody needs any more, for they tell of people."""

import datetime as dt

from django.conf import settings
from django.core.files.storage import storages

from shop import photos
from shop.damage import FOLDER
from shop.models import DamagePhoto, DamageReport, WaitingOrder

AT_ONCE = 500
STRAY_AFTER = dt.timedelta(days=1)


def tidy(now: dt.datetime) -> dict[str, int]:
    """Delete what is older than the settings keep it; return how much of each kind went."""
    return {"places in line": _places_in_line(now), "photos": _photos(now), "strays": _strays(now)}


def _places_in_line(now: dt.datetime) -> int:
    """Those that ended; as old as notices, in which the same phone stands."""
    joined_before = now - dt.timedelta(days=settings.KEEP_NOTICES_DAYS)
    ended = WaitingOrder.objects.filter(joined_at__lt=joined_before).exclude(
        status__in=WaitingOrder.MOVES[WaitingOrder.Status.LEFT]
    )
    gone = 0
    while batch := list(ended.order_by("pk").values_list("pk", flat=True)[:AT_ONCE]):
        WaitingOrder.objects.filter(pk__in=batch).delete()
        gone += len(batch)
    return gone


def _photos(now: dt.datetime) -> int:
    """The file first: who is killed in between finds the row again and a file that is gone already."""
    over = DamagePhoto.objects.answered_before(now - dt.timedelta(days=settings.KEEP_PHOTOS_DAYS))
    gone = 0
    for photo in over.order_by("pk")[:AT_ONCE]:
        photos.drop([photo.place])
        photo.delete()
        gone += 1
    return gone


def _strays(now: dt.datetime) -> int:
    """Files whose report was never written down: the process was killed between the two."""
    storage, gone = storages["private"], 0
    folders = storage.listdir(FOLDER)[0] if storage.exists(FOLDER) else []
    known = set(DamageReport.objects.filter(number__in=folders).values_list("number", flat=True))
    for number in set(folders) - known:
        places = [f"{FOLDER}/{number}/{name}" for name in storage.listdir(f"{FOLDER}/{number}")[1]]
        if all(storage.get_modified_time(place) < now - STRAY_AFTER for place in places):
            photos.drop([*places, f"{FOLDER}/{number}"])  # an emptied folder goes like a file
            gone += len(places)
    return gone
