"""People as lists show them to those who need not know who they are."""

from django import template

from farm import security

register = template.Library()
register.filter("masked_name", security.mask_name)
register.filter("masked_phone", security.mask_phone)
