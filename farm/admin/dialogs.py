"""The small forms that open over a page, and the bar that shows how full something is: what both trades use."""

from typing import Any

from django import forms
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _
from unfold.forms import BaseDialogForm
from unfold.widgets import UnfoldAdminIntegerFieldWidget, UnfoldAdminSelectWidget, UnfoldAdminTextInputWidget

from farm.admin.bounds import NUMBER
from farm.limited import Limited
from farm.models import PaidAnotherWay


class LimitForm(BaseDialogForm):
    limit = forms.IntegerField(
        label=_("New limit"),
        min_value=0,
        widget=UnfoldAdminIntegerFieldWidget,
        **NUMBER,
    )


def dialog(title: Any, description: Any, submit: Any, form: type[Any] = BaseDialogForm) -> dict[str, Any]:
    return {"title": title, "description": description, "form_class": form, "form_submit_text": submit}


class AnotherWayForm(BaseDialogForm):
    how = forms.ChoiceField(
        label=_("How it was paid"), choices=PaidAnotherWay.How.choices, widget=UnfoldAdminSelectWidget
    )
    reference = forms.CharField(
        label=_("Reference"),
        max_length=64,
        help_text=_("the bank's number, or who signed for it"),
        widget=UnfoldAdminTextInputWidget,
    )


ANOTHER_WAY_DIALOG = dialog(
    _("Paid back another way"),
    _("Only after the money has really gone: whoever paid is told that it did."),
    _("It was paid back"),
    AnotherWayForm,
)
IN_CASH_DIALOG = dialog(
    _("Paid back at the desk in cash"),
    _("Only after the money has really been handed out: the till writes it down, and whoever paid is told."),
    _("It was paid back"),
)
BY_QR_DIALOG = dialog(
    _("Paid back at the desk by QR code"),
    _("Only after the money has really gone: the till writes it down, and whoever paid is told."),
    _("It was paid back"),
)
LIMIT_DIALOG = dialog(
    _("Change the limit"), _("It can never be lower than what is promised already."), _("Change"), LimitForm
)


def fill(row: Limited, words: str) -> SafeString:
    """How full a limited row is: a bar that also reads as text."""
    return format_html(
        '<span class="bz-fill"><meter min="0" max="{}" high="{}" value="{}"></meter><span>{}</span></span>',
        row.limit or 1, row.limit * 0.9, row.taken, words,
    )  # fmt: skip
