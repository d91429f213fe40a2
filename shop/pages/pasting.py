"""An address pasted as one line, taken apart into the fields of any form that asks for one."""

import re

from django.http import HttpRequest, JsonResponse, QueryDict
from django.utils.translation import gettext as _
from django.utils.translation import pgettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST

from shop import divisions, freight, paste
from shop.forms import AddressForm
from shop.paste import Pasted

FILL = "fill"
WHO, WHERE = ("name", "phone"), ("province", "city", "district", "street")


def is_asked(request: HttpRequest) -> bool:
    """Whether the button that takes a pasted line apart was pressed."""
    return request.method == "POST" and FILL in request.POST


def filled(posted: QueryDict) -> tuple[dict[str, str], str]:
    """What was typed with what the pasted line says in its place, and words about it for the customer."""
    typed = {name: str(value) for name, value in posted.items()}
    fields, said = _taken_apart(typed)
    return {**typed, **fields}, said


@never_cache
@require_POST
def pasted(request: HttpRequest) -> JsonResponse:
    """The same for a script, which fills the form in itself. Nothing is looked up and nothing kept."""
    fields, said = _taken_apart({name: str(value) for name, value in request.POST.items()})
    return JsonResponse({"fields": fields, "said": said})


def _taken_apart(typed: dict[str, str]) -> tuple[dict[str, str], str]:
    """The fields that become others, and words about what is still empty then."""
    pasted = paste.read(typed.get("pasted", "")[: paste.LONGEST])
    fields = dict.fromkeys(_not_theirs(typed, pasted.found), "") | pasted.found
    left = [name for name in pasted.missing if not {**typed, **fields}.get(name)]
    return fields, _said(pasted, left)


def _not_theirs(typed: dict[str, str], found: dict[str, str]) -> tuple[str, ...]:
    """The fields in which nothing older may stay: no street gets another's city, no name another's phone."""
    is_elsewhere = any(name in found for name in WHERE)
    is_another = any(typed.get(name) and _plain(typed[name]) != _plain(found[name]) for name in WHO if name in found)
    return (WHERE if is_elsewhere else ()) + (WHO if is_another else ())


def _plain(words: str) -> str:
    """A name or a number, however it was spaced."""
    return re.sub(r"^\+86|[\s-]", "", words)


def _said(pasted: Pasted, left: list[str]) -> str:
    """What a customer should know about what was understood."""
    if not pasted.found:
        return _("There is nothing to read yet. Paste a name, a phone number and an address.")
    unserved = _unserved(pasted.province)
    if not left:
        return unserved or _("Filled in. Look over it once.")
    labels = [str(AddressForm.base_fields[name].label) for name in left]
    understood = _("Filled in what we understood. Still to write: %(fields)s.") % {
        "fields": pgettext("list", ", ").join(labels)
    }
    return f"{understood} {unserved}".rstrip()


def _unserved(province: str) -> str:
    """Why nothing can be sent there, and what to do; empty where a box can go."""
    served = {divisions.NAMES[code] for code in freight.ZONES}
    return str(freight.NotServed(province)) if province and province not in served else ""
