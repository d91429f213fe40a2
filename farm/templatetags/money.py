"""Money and weight the way customers read them."""

from django import template

from farm import money

register = template.Library()


yuan = register.filter("yuan", money.in_yuan)


@register.filter
def brief_yuan(amount_fen: int) -> str:
    """8800 -> ¥88, 8850 -> ¥88.50: where there is little room"""
    return yuan(amount_fen).removesuffix(".00")


@register.filter
def round_yuan(amount_fen: int) -> str:
    """10000 -> ¥100"""
    return f"¥{amount_fen // money.FEN_PER_YUAN:,}"


@register.filter
def kilograms(net_grams: int) -> str:
    """2500 -> 2.5"""
    return f"{net_grams / 1000:.10g}"
