"""How pages show the number that customers call."""

import re

from django import template
from django.conf import settings
from django.utils.html import format_html
from django.utils.safestring import SafeString

register = template.Library()


@register.simple_tag
def a_call_to_the_farm() -> SafeString:
    """The farm's number, to be pressed on a phone; nothing when it has none."""
    number = settings.FARM_PHONE
    return format_html('<a href="tel:{}">{}</a>', re.sub(r"[ -]", "", number), number) if number else SafeString("")
