"""An address pasted as one line, taken apart into the fields of any form that asks for one."""

from django.http import HttpRequest, JsonResponse, QueryDict
from django.utils.translation import gettext as _
from django.utils.translation import pgettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST

from shop import paste
from shop.forms import AddressForm
from shop.paste import Pasted

FILL = "fill"
PLACE = ("province", "city", "district")


def is_asked(request: HttpRequest) -> bool:
    """Whether the button that takes a pasted line apart was pressed."""
    return request.method == "POST" and FILL in request.POST


def filled(posted: QueryDict) -> tuple[dict[str, str], str]:
    """What was typed with what the pasted line says in its place, and words about it for the customer."""
    pasted = _read(posted)
    typed = {name: str(value) for name, value in posted.items()}
    typed |= dict.fromkeys(PLACE, "") if pasted.province else {}
    return {**typed, **pasted.found}, said_of(pasted)


@never_cache
@require_POST
def pasted(request: HttpRequest) -> JsonResponse:
    """The same for a script, which fills the form in itself. Nothing is looked up and nothing kept."""
    found = _read(request.POST)
    words = dict.fromkeys(PLACE, "") if found.province else {}
    return JsonResponse({"fields": {**words, **found.found}, "said": said_of(found)})


def said_of(pasted: Pasted) -> str:
    """What a customer should know about what was understood."""
    if not pasted.found:
        return _("There is nothing to read yet. Paste a name, a phone number and an address.")
    if not pasted.missing:
        return _("Filled in. Look over it once.")
    labels = [str(AddressForm.base_fields[name].label) for name in pasted.missing]
    return _("Filled in what we understood. Still to write: %(fields)s.") % {
        "fields": pgettext("list", ", ").join(labels)
    }


def _read(posted: QueryDict) -> Pasted:
    return paste.read(posted.get("pasted", "")[: paste.LONGEST])
