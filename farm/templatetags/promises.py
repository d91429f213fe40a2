"""How long the farm waits, keeps and takes to answer, as it is set; the pages say what is done."""

from django import template
from django.conf import settings

register = template.Library()


@register.simple_tag
def promised(name: str) -> int:
    """{% promised "HOLD_MINUTES" as minutes %}: the setting of that name."""
    return int(getattr(settings, name))
