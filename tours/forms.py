"""What visitors type, read and checked for shape only; what the farm can take is decided by the stories."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from farm.forms import NameField, RefusableForm, words
from farm.language import in_readers_language
from farm.security import BadPhone, normal_phone
from tours import refusals
from tours.booking import Contact, Wish
from tours.models import Booking, Question, TicketType
from tours.party import Party
from tours.quotes import plans_of
from tours.sheets import Sheet

TICKET, ANSWER = "ticket-", "answer-"
LONGEST_NAME, LONGEST_ANSWER, LONGEST_NOTES = 40, 200, 200
MOST_OF_A_KIND = 99
QUANTITIES = {
    "max_value": _("At most %(limit_value)s tickets of this kind in one booking."),
    "min_value": _("Write how many tickets, or 0."),
    "invalid": _("Write how many tickets, or 0."),
}
PLANS = {
    Booking.Plan.FULL: _("Pay everything now"),
    Booking.Plan.DEPOSIT: _("Pay a deposit now, the rest by link or on arrival"),
    Booking.Plan.ARRIVAL: _("Pay on arrival"),
}


class PartyForm(RefusableForm):
    """Who comes to which time: a quantity for each ticket type of the experience."""

    slot = forms.IntegerField(widget=forms.HiddenInput, error_messages={"required": _("Choose a time.")})
    party = forms.CharField(required=False, widget=forms.HiddenInput)  # rules of the whole party are shown here

    def __init__(self, *args: Any, sheet: Sheet, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.sheet = sheet
        for kind in sheet.ticket_types.values():
            self.fields[TICKET + kind.code] = _quantity(kind, sheet.experience.max_party)
        self.order_fields([*(TICKET + code for code in sheet.ticket_types), "party"])

    def place_of(self, field: str) -> str:
        return field.replace("answers.", ANSWER) if field.startswith("answers.") else super().place_of(field)

    @property
    def tickets(self) -> list[tuple[TicketType, forms.BoundField]]:
        """Every ticket type with its quantity field."""
        return [(kind, self[TICKET + code]) for code, kind in self.sheet.ticket_types.items()]

    @property
    def miscount(self) -> str:
        """What is wrong with the first quantity that cannot be, or nothing."""
        return next((str(field.errors[0]) for _kind, field in self.tickets if field.errors), "")

    def mark_nobody(self) -> None:
        """A form that cannot be sent yet says this with whatever else is missing."""
        if not self.wanted.tickets and not self.miscount:
            self.refuse(refusals.nobody())

    @property
    def wanted(self) -> Party:
        return Party.of({code: self.cleaned_data.get(TICKET + code) or 0 for code in self.sheet.ticket_types})


class ContactForm(forms.Form):
    """Whom the farm can reach about the visit."""

    name = words(
        _("Your name"),
        LONGEST_NAME,
        autocomplete="name",
        kind=NameField,
        error_messages={"required": _("Write your name.")},
    )
    phone = words(
        _("Mobile number"),
        30,
        autocomplete="tel",
        attrs={"inputmode": "tel"},
        error_messages={"required": _("Write a mobile number: the link to your tickets goes there.")},
    )
    email = forms.EmailField(
        label=_("Mail address"),
        required=False,
        max_length=120,
        widget=forms.EmailInput(attrs={"autocomplete": "email"}),
        error_messages={"invalid": _("This is no mail address: write one like name@example.com, or nothing.")},
    )

    def clean_phone(self) -> str:
        try:
            return normal_phone(self.cleaned_data["phone"])
        except BadPhone as error:
            raise forms.ValidationError(
                _("This is not a mobile number in mainland China: 11 digits, for example 138 1234 5678.")
            ) from error

    @property
    def contact(self) -> Contact:
        said = self.cleaned_data
        return Contact(said["name"], said["phone"], said["email"])


class AnswersForm(PartyForm):
    """What the experience asks, how the visit is paid, and the rules to accept."""

    notes = forms.CharField(
        label=_("Anything else?"),
        max_length=LONGEST_NOTES,
        required=False,
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text=_("Your guide reads it, at most 200 characters."),
    )
    plan = forms.ChoiceField(
        label=_("How do you pay?"),
        widget=forms.RadioSelect,
        required=False,
        error_messages={"invalid_choice": _("Choose one of the ways it offers.")},
    )
    credit = words(_("Credit code"), 20, autocomplete="off", required=False)
    waiver = forms.CharField(max_length=20, required=False, widget=forms.HiddenInput)
    key = forms.CharField(max_length=64, required=False, widget=forms.HiddenInput)
    seen = forms.CharField(max_length=90, required=False, widget=forms.HiddenInput)  # the prices that were shown

    def __init__(self, *args: Any, sheet: Sheet, **kwargs: Any) -> None:
        super().__init__(*args, sheet=sheet, **kwargs)
        for question in sheet.questions:
            self.fields[ANSWER + question.code] = _question(question)
        plan: Any = self.fields["plan"]
        plan.choices = [(value, PLANS[value]) for value in plans_of(sheet.experience)]

    @property
    def questions(self) -> list[tuple[Question, forms.BoundField]]:
        return [(question, self[ANSWER + question.code]) for question in self.sheet.questions]

    @property
    def chosen_plan(self) -> str:
        return str(self.cleaned_data.get("plan") or plans_of(self.sheet.experience)[0])

    @property
    def credit_code(self) -> str:
        return "".join(str(self.cleaned_data.get("credit") or "").upper().split())

    def wish(self, slot: int, party: Party, contact: Contact) -> Wish:
        """The whole wish in the farm's words."""
        said = self.cleaned_data
        answers = tuple((question.code, said.get(ANSWER + question.code) or "") for question in self.sheet.questions)
        return Wish(
            slot=slot,
            party=party,
            contact=contact,
            plan=self.chosen_plan,
            answers=answers,
            waiver=said["waiver"],
            notes=said["notes"].strip(),
            credit=self.credit_code,
        )


class WaitForm(ContactForm, PartyForm):
    """A whole party that wants to wait for a full time."""


class BookForm(ContactForm, AnswersForm):
    """The whole booking on one page."""

    def __init__(self, *args: Any, sheet: Sheet, **kwargs: Any) -> None:
        super().__init__(*args, sheet=sheet, **kwargs)
        asked = (ANSWER + question.code for question in sheet.questions)
        tickets = (TICKET + code for code in sheet.ticket_types)
        self.order_fields([*tickets, "party", "name", "phone", "email", *asked, "notes", "plan", "credit", "waiver"])


def _quantity(kind: TicketType, most_people: int) -> forms.IntegerField:
    most = min(MOST_OF_A_KIND, most_people if kind.max_quantity is None else kind.max_quantity)
    return forms.IntegerField(
        label=kind.name,
        min_value=0,
        max_value=most,
        required=False,
        widget=forms.NumberInput(attrs={"inputmode": "numeric", "class": "quantity"}),
        error_messages=QUANTITIES,
    )


def _question(question: Question) -> forms.Field:
    required = {"required": _("Answer it, please.")}
    if not question.choices:
        return forms.CharField(
            label=question.words, max_length=LONGEST_ANSWER, required=question.is_required, error_messages=required
        )
    choices = [(choice["code"], in_readers_language(choice["zh"], choice["en"])) for choice in question.choices]
    return forms.ChoiceField(
        label=question.words,
        choices=[("", _("Choose…")), *choices],
        required=question.is_required,
        error_messages={**required, "invalid_choice": _("Choose one of its answers.")},
    )
