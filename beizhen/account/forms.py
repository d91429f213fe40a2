"""What customers type on their account's pages, read and checked for shape only."""

from django import forms
from django.conf import settings
from django.utils.translation import gettext_lazy as _

from farm.forms import RefusableForm, words


class ContactForm(RefusableForm):
    contact = words(
        _("Mobile number or mail address"),
        120,
        autocomplete="username",
        error_messages={"required": _("Write your mobile number or mail address.")},
    )


class CodeForm(RefusableForm):
    code = words(
        _("Six digits"),
        12,
        autocomplete="one-time-code",
        attrs={"inputmode": "numeric", "class": "code"},
        error_messages={"required": _("Write the six digits of our message.")},
    )

    def clean_code(self) -> str:
        """The digits alone: people copy spaces, and keyboards know wide digits."""
        return "".join(str(int(sign)) for sign in self.cleaned_data["code"] if sign.isdecimal())


class LanguageForm(forms.Form):
    language = forms.ChoiceField(label=_("Language"), choices=settings.LANGUAGES, widget=forms.RadioSelect)
