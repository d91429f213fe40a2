"""How staff hear of booked slots that no longer fit their rule."""

from collections.abc import Sequence

from django.contrib import messages
from django.http import HttpRequest
from django.urls import reverse
from django.utils import timezone
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.timezone import localtime
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from farm.models import StaffTask
from tours import rules
from tours.models import Slot
from tours.rules import Misfit

MOST = 10


def words(misfit: Misfit) -> str:
    return ", ".join(str(why.label) for why in misfit.why)


def bookings_of(slot: Slot) -> SafeString:
    """The way to the bookings of a slot, where each party can be moved or cancelled."""
    place = f"{reverse('admin:tours_booking_changelist')}?slot__id__exact={slot.pk}"
    return format_html('<a href="{}">{}</a>', place, _("show its bookings"))


def listed(misfits: Sequence[Misfit]) -> SafeString:
    """All of them, each with the ways to its page and to its bookings."""
    lines = [
        (
            reverse("admin:tours_slot_change", args=[misfit.slot.pk]),
            f"{localtime(misfit.slot.starts_at):%Y-%m-%d %H:%M}",
            misfit.slot.taken,
            words(misfit),
            bookings_of(misfit.slot),
        )
        for misfit in misfits
    ]
    return format_html_join("", '<div><a href="{}">{}</a> ({}): {} · {}</div>', lines) or SafeString("-")


def tell(request: HttpRequest, misfits: Sequence[Misfit]) -> None:
    """Name the first of them, and lead to the list of all."""
    if not misfits:
        return
    lines = format_html_join(
        "",
        "<br>{} ({}): {}",
        (
            (f"{localtime(misfit.slot.starts_at):%Y-%m-%d %H:%M}", misfit.slot.taken, words(misfit))
            for misfit in misfits[:MOST]
        ),
    )
    messages.warning(
        request,
        format_html(
            '{} <a href="{}?fits=no">{}</a>{}',
            _stay(len(misfits)),
            reverse("admin:tours_slot_changelist"),
            _("Show all"),
            lines,
        ),
    )


def say_left(task: StaffTask) -> str:
    """How many of the slots that a task tells of still fit no better, or nothing when all do."""
    count = len(rules.left_of(task, now=timezone.now()))
    return _stay(count) if count else ""


def _stay(count: int) -> str:
    said = ngettext(
        "%(count)s booked slot no longer fits and stays as it is.",
        "%(count)s booked slots no longer fit and stay as they are.",
        count,
    )
    return said % {"count": count}
