"""Money and weight the way customers read them."""

from django import template

from farm import money

register = template.Library()


@register.filter
def yuan(amount_fen: int) -> str:
    """12800 -> ¥128.00"""
    return f"¥{money.yuan(amount_fen)}"


@register.filter
def kilograms(net_grams: int) -> str:
    """2500 -> 2.5"""
    return f"{net_grams / 1000:.10g}"
