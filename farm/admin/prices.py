"""Sums as the staff type them: in yuan, though rows keep fen."""

from decimal import Decimal
from typing import Any

from django import forms
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _
from unfold.widgets import UnfoldAdminDecimalFieldWidget

from farm.money import FEN_PER_YUAN, yuan


class YuanField(forms.DecimalField):
    """Typed and shown in yuan with at most two decimals; begins with fen, and gives whole fen."""

    def __init__(self, *, least_fen: int = 0, **options: Any) -> None:
        least = Decimal(least_fen) / FEN_PER_YUAN
        shown = {"min_value": least, "max_digits": 9, "decimal_places": 2, "widget": UnfoldAdminDecimalFieldWidget}
        super().__init__(**shown | options)

    def prepare_value(self, value: Any) -> Any:
        return yuan(value) if isinstance(value, int) else value

    def clean(self, value: Any) -> int | None:
        typed = super().clean(value)
        return None if typed is None else int(typed * FEN_PER_YUAN)

    def has_changed(self, initial: Any, data: Any) -> bool:
        """From a row comes fen, from what a form sends along of what it showed yuan."""
        return super().has_changed(Decimal(initial) / FEN_PER_YUAN if isinstance(initial, int) else initial, data)


class PricedInYuan:
    """Mixed into a page, or a part of one, on which a row's `price_fen` is typed in yuan."""

    least_fen = 0

    def formfield_for_dbfield(self, db_field: Any, request: HttpRequest, **options: Any) -> Any:
        if db_field.name == "price_fen":
            return YuanField(label=_("Price in yuan"), least_fen=self.least_fen)
        return super().formfield_for_dbfield(db_field, request, **options)  # type: ignore[misc]  # the page has it
