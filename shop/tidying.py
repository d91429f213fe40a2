"""The shop's own broom: places in line that ended long ago are deleted, for they hold phone numbers."""

import datetime as dt

from django.conf import settings

from shop.models import WaitingOrder

AT_ONCE = 500


def tidy(now: dt.datetime) -> int:
    """Delete places in line that ended and are older than notices are kept; return how many went."""
    joined_before = now - dt.timedelta(days=settings.KEEP_NOTICES_DAYS)
    ended = WaitingOrder.objects.filter(joined_at__lt=joined_before).exclude(
        status__in=WaitingOrder.MOVES[WaitingOrder.Status.LEFT]
    )
    gone = 0
    while batch := list(ended.order_by("pk").values_list("pk", flat=True)[:AT_ONCE]):
        WaitingOrder.objects.filter(pk__in=batch).delete()
        gone += len(batch)
    return gone
