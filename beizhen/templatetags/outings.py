"""Where a page of the shop invites to a visit: the rooms meet here, not in each other."""

from django import template

from tours import invitations
from tours.models import Experience

register = template.Library()


@register.simple_tag
def a_visit_to_the_vines() -> Experience | None:
    return invitations.to_the_vines()
