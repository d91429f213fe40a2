"""The form in which a customer says what arrived damaged: how many boxes of each kind, how bad, words and photos."""

from collections.abc import Sequence
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from farm.forms import RefusableForm
from shop import photos
from shop.damage import Hurt
from shop.forms import LinesField
from shop.pricing import QuoteLine

BOXES, PART, GRAMS = "boxes-", "part-", "grams-"
PARTS = [("10", _("a few berries")), ("25", _("about a quarter")), ("50", _("about half")), ("100", _("nearly all"))]
COUNT = {"invalid": _("Write how many boxes, or 0."), "min_value": _("Write how many boxes, or 0.")}


class Photos(forms.ClearableFileInput):
    allow_multiple_selected = True
    template_name = "django/forms/widgets/file.html"


class PhotosField(forms.FileField):
    """Up to three photos, each drawn anew; what cannot be a photo is said before anything is kept."""

    widget = Photos

    def clean(self, files: Any, initial: Any = None) -> list[bytes]:
        chosen = files if isinstance(files, list) else [files] if files else []
        try:
            return photos.all_redrawn([super(PhotosField, self).clean(file).file for file in chosen])
        except photos.PhotoRefused as refused:
            raise forms.ValidationError(str(refused)) from refused


class DamageForm(RefusableForm):
    words = LinesField(
        label=_("What happened?"),
        max_length=500,
        required=False,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("In your own words, if you like: crushed, mouldy, thawed."),
    )
    photos = PhotosField(
        label=_("Photos"),
        required=False,
        widget=Photos(attrs={"accept": "image/jpeg,image/png,image/webp"}),
        help_text=_("Up to three. One of the whole box and one from near help us most."),
        error_messages={"empty": _("This file is empty.")},
    )

    def __init__(self, *args: Any, kinds: Sequence[QuoteLine], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.kinds = kinds
        for kind in kinds:
            self.fields |= _fields_of(kind, is_only_box=len(kinds) == 1 and kind.quantity == 1)
        self.order_fields([*(name for name in self.fields if name.startswith(BOXES)), "words", "photos"])

    @property
    def rows(self) -> list[dict[str, Any]]:
        """Every kind of the order with its three fields."""
        places = {"boxes": BOXES, "part": PART, "grams": GRAMS}
        return [
            {"kind": kind, **{name: self[f"{at}{kind.box.sku}"] for name, at in places.items()}} for kind in self.kinds
        ]

    @property
    def hurt(self) -> list[Hurt]:
        said = self.cleaned_data
        return [
            Hurt(sku, said.get(BOXES + sku) or 0, int(said.get(PART + sku) or 100), said.get(GRAMS + sku))
            for sku in (kind.box.sku for kind in self.kinds)
        ]


def _fields_of(kind: QuoteLine, *, is_only_box: bool) -> dict[str, forms.Field]:
    sku, number = kind.box.sku, {"inputmode": "numeric", "class": "quantity"}
    most = {"max_value": _("The order has %(limit_value)s of them.")}
    return {
        BOXES + sku: forms.IntegerField(
            label=kind.box.name,
            min_value=0,
            max_value=kind.quantity,
            required=False,
            initial=1 if is_only_box else 0,
            widget=forms.NumberInput(attrs=number),
            error_messages=COUNT | most,
        ),
        PART + sku: forms.ChoiceField(label=_("How much of each is bad?"), choices=PARTS, initial="25", required=False),
        GRAMS + sku: forms.IntegerField(
            label=_("Or weighed: grams"),
            min_value=1,
            max_value=kind.box.net_grams * kind.quantity,
            required=False,
            widget=forms.NumberInput(attrs=number),
            error_messages={"max_value": _("The boxes weigh %(limit_value)s g in all.")},
        ),
    }
