"""The small forms that open over the shop's pages."""

from typing import Any

from django import forms
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _
from unfold.forms import BaseDialogForm
from unfold.widgets import UnfoldAdminSelectWidget, UnfoldAdminTextInputWidget

from farm import naming
from farm.admin.dialogs import LimitForm, dialog
from shop import changes
from shop.models import Order, ShipDate


class CloseForm(BaseDialogForm):
    reason_zh = forms.CharField(label=_("Reason in Chinese"), max_length=60, widget=UnfoldAdminTextInputWidget)
    reason_en = forms.CharField(label=_("Reason in English"), max_length=60, widget=UnfoldAdminTextInputWidget)


class BestBeforeForm(BaseDialogForm):
    best_before = forms.DateField(
        label=_("The last day on which a box of it may arrive"),
        widget=UnfoldAdminTextInputWidget(attrs={"type": "date"}),
    )


class CutOffForm(BaseDialogForm):
    cut_off_at = forms.DateTimeField(
        label=_("New cut-off"), widget=UnfoldAdminTextInputWidget(attrs={"type": "datetime-local"})
    )


class MoveForm(BaseDialogForm):
    """The ship dates that could take this very order, with room and fruit for all its boxes."""

    to = forms.ChoiceField(
        label=_("New ship date"),
        error_messages={
            "required": _("Choose the day on which we ship."),
            "invalid_choice": _("This date can no longer take the order: choose another one."),
        },
        widget=UnfoldAdminSelectWidget,
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        order = Order.objects.select_related("ship_date").get(pk=self.object_id)
        days = changes.dates_for(order=order, now=timezone.now())
        choice = self.fields["to"]
        choice.choices = [("", "-"), *((str(day.date), _choice(day)) for day in days)]
        if not days:
            choice.help_text = _now("No open date has room and fruit for all its boxes: cancel it, or open a date.")


class TakeApartForm(BaseDialogForm):
    """Why is asked where no lot says it."""

    why = forms.ChoiceField(
        label=_("Why"), choices=[("", "-"), *naming.TAKEN_APART.items()], widget=UnfoldAdminSelectWidget
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["why"].required = not Order.objects.filter(pk=self.object_id).of_unsound_lots().exists()


class WaybillForm(BaseDialogForm):
    waybill_no = forms.CharField(
        label=_("Waybill number"),
        max_length=40,
        required=False,
        help_text=_("Scan or type it. Leave it empty when the parcel has one already."),
        widget=UnfoldAdminTextInputWidget(attrs={"autofocus": True, "autocomplete": "off"}),
    )


CLOSE_DIALOG = dialog(
    _("Close this ship date"), _("It sells no more. Orders on it become a staff task."), _("Close the date"), CloseForm
)
CUT_OFF_DIALOG = dialog(
    _("Change the cut-off"),
    _("Once boxes are promised it only moves later: customers may change and cancel until the moment they were told."),
    _("Change"),
    CutOffForm,
)
DAY_LIMIT_DIALOG = dialog(
    _("Change the limit"),
    _("It can never be lower than what is promised already. With 0 nothing is shipped on that day."),
    _("Change"),
    LimitForm,
)
REOPEN_DIALOG = dialog(_("Open this ship date again"), _("It sells again until its cut-off."), _("Open again"))
BEST_BEFORE_DIALOG = dialog(
    _("Correct how long this lot keeps"),
    _("Orders that it can no longer reach in time become a staff task."),
    _("Change"),
    BestBeforeForm,
)
LOT_LIMIT_DIALOG = dialog(
    _("Correct the amount"),
    _("All that lay in the store of this lot, in grams. It can never be lower than what is promised already."),
    _("Change"),
    LimitForm,
)
WAYBILL_DIALOG = dialog(_("Hand over to the carrier"), "", _("Hand over"), WaybillForm)
CANCEL_DIALOG = dialog(
    _("Cancel this order"), _("What it holds is free again, and money that came in goes back."), _("Cancel the order")
)
CANCEL_ALL_DIALOG = dialog(
    _("Cancel these orders"),
    _("What they hold is free again, money that came in goes back, and each customer is told."),
    _("Cancel these orders"),
)
WITHDRAW_DIALOG = dialog(
    _("Withdraw from sale"),
    _("Nothing of these lots is sold any more, and orders that hold boxes of them become a staff task."),
    _("Withdraw from sale"),
)
MOVE_DIALOG = dialog(
    _("Move this order to another ship date"),
    _("A planned order leaves its wave. The customer is told the new date."),
    _("Move the order"),
    MoveForm,
)
PICKED_DIALOG = dialog(_("Picked"), _("All boxes of this order are at the bench."), _("Confirm"))
PACKED_DIALOG = dialog(_("Packed"), _("The parcel is closed; waybill and label follow."), _("Confirm"))
TAKE_APART_DIALOG = dialog(
    _("Take this order apart"),
    _("Set its boxes aside: the order is paid again, to be moved or cancelled. Throw its label and waybill away."),
    _("Take apart"),
    TakeApartForm,
)
DELIVERED_DIALOG = dialog(_("Delivered"), _("The parcel arrived, by what the carrier or customer said."), _("Confirm"))

LEAVE_DIALOG = dialog(
    _("Take this order out of the line"), _("Boxes that were kept for it go to the next one."), _("Take it out")
)


def _choice(ship_date: ShipDate) -> str:
    words = {"day": date_format(ship_date.date, "Y-m-d D"), "left": ship_date.left}
    return _now("%(day)s, %(left)s left") % words
