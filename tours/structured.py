"""An experience in schema.org's words, for search engines: what it is, where, the next times and what they cost."""

from collections.abc import Sequence
from typing import Any

from django.templatetags.static import static
from django.urls import reverse
from django.utils.timezone import localtime
from django.utils.translation import gettext as _

from farm.money import yuan
from farm.web_addresses import absolute
from tours.availability import Opening, Status
from tours.models import Experience
from tours.templatetags.visits import drawing

MOST = 10
SHOWN = (Status.AVAILABLE, Status.LIMITED, Status.SOLD_OUT)


def event_facts(experience: Experience, openings: Sequence[Opening]) -> dict[str, Any]:
    """An EventSeries whose events are the next times that can be booked or are sold out, each with its Offer.

    Search engines show an event only with a beginning and a place; a series without times is still a name and a page.
    """
    page = absolute(reverse("tours:experience", args=[experience.code]))
    series = {
        "@type": "EventSeries",
        "name": experience.name,
        "description": experience.summary,
        "image": absolute(static(drawing(experience))),
        "url": page,
        "location": _place(experience),
        "organizer": {"@type": "Organization", "name": _("Beizhen Grapes"), "url": absolute(reverse("home"))},
    }
    times = [opening for opening in openings if opening.status in SHOWN][:MOST]
    return series | {"subEvent": [_event(series, opening, page) for opening in times]} if times else series


def _event(series: dict[str, Any], opening: Opening, page: str) -> dict[str, Any]:
    same = {name: series[name] for name in ("name", "description", "image", "location", "organizer")}
    event = {
        "@type": "Event",
        **same,
        "startDate": localtime(opening.starts_at).isoformat(),
        "endDate": localtime(opening.ends_at).isoformat(),
        "eventStatus": "https://schema.org/EventScheduled",
        "eventAttendanceMode": "https://schema.org/OfflineEventAttendanceMode",
        "maximumAttendeeCapacity": opening.capacity,
        "remainingAttendeeCapacity": opening.left,
        "url": f"{page}?day={opening.date}",
    }
    return event if opening.from_fen is None else event | {"offers": _offer(opening, event["url"])}


def _offer(opening: Opening, url: object) -> dict[str, Any]:
    """What one person pays at the time; a full one leads to its waiting list on the same page."""
    return {
        "@type": "Offer",
        "url": url,
        "price": yuan(opening.from_fen or 0),
        "priceCurrency": "CNY",
        "availability": f"https://schema.org/{'InStock' if opening.is_bookable else 'SoldOut'}",
        "validThrough": localtime(opening.cut_off_at).isoformat(),
    }


def _place(experience: Experience) -> dict[str, Any]:
    address = {
        "@type": "PostalAddress",
        "addressLocality": _("Beizhen, Jinzhou"),
        "addressRegion": _("Liaoning"),
        "addressCountry": "CN",
    }
    return {"@type": "Place", "name": experience.meeting_point, "address": address}
