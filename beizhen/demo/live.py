"""The demo farm is on air: one live show that runs while somebody looks at the demo."""

import datetime as dt
from typing import Any

from shop import live
from shop.models import Box, LiveShow

BEGAN, LASTS = dt.timedelta(minutes=20), dt.timedelta(hours=12)


def keep_a_show_on(plan: dict[str, Any], *, now: dt.datetime) -> None:
    """Begin a show unless one is on."""
    live.forget()
    if live.on_now(now):
        return
    words = {name: plan[name] for name in ("host_zh", "host_en", "title_zh", "title_en")}
    times = {"starts_at": now - BEGAN, "ends_at": now + LASTS}
    show, is_new = LiveShow.objects.get_or_create(code=f"{plan['code']}-{now:%m%d%H}", defaults={**words, **times})
    if is_new:
        show.boxes.set(Box.objects.filter(sku__in=plan["boxes"]))
    live.forget()
