"""Our own line icons, drawn in the colour of the words beside them."""

from django import template
from django.templatetags.static import static
from django.utils.html import format_html
from django.utils.safestring import SafeString

register = template.Library()
SHEET = "beizhen/drawings/icons.svg"


@register.simple_tag
def icon(name: str) -> SafeString:
    """`{% icon "basket" %}`: one drawing of the sheet; it says nothing to screen readers, the words beside it do."""
    return format_html('<svg class="icon" aria-hidden="true"><use href="{}#{}"/></svg>', static(SHEET), name)
