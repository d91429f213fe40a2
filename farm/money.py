"""Money is a whole number of fen (1/100 yuan); yuan exist only where people or providers read them."""

from decimal import Decimal, InvalidOperation

FEN_PER_YUAN = 100


class NotMoney(ValueError):
    """The text is not an amount of yuan with at most two decimals."""


def yuan(amount_fen: int) -> str:
    """Write fen the way people read it: 12800 -> "128.00", without the currency sign."""
    sign = "-" if amount_fen < 0 else ""
    whole, rest = divmod(abs(amount_fen), FEN_PER_YUAN)
    return f"{sign}{whole}.{rest:02d}"


def in_yuan(amount_fen: int) -> str:
    """A sum as pages show it, also one that goes out: 128000 -> "¥1,280.00", -19280 -> "−¥192.80"."""
    sign = "−" if amount_fen < 0 else ""
    whole, rest = divmod(abs(amount_fen), FEN_PER_YUAN)
    return f"{sign}¥{whole:,}.{rest:02d}"


def share(amount_fen: int, percent: int) -> int:
    """So many percent of a sum, rounded up to the fen."""
    return -(-amount_fen * percent // 100)


def fen(amount_yuan: str) -> int:
    """Read yuan as providers write it: "128.00" -> 12800.

    :raises NotMoney: for anything that is not a decimal with at most two places; floats are never accepted.
    """
    if not isinstance(amount_yuan, str):
        raise NotMoney(f"{amount_yuan!r} is not text")
    try:
        amount = Decimal(amount_yuan) * FEN_PER_YUAN
        whole = int(amount)
    except (InvalidOperation, ValueError, OverflowError) as error:
        raise NotMoney(f"{amount_yuan!r} is not an amount of yuan") from error
    if amount != whole:
        raise NotMoney(f"{amount_yuan!r} has more than two decimals")
    return whole
