"""What the benchmarks' buyers want."""

from dataclasses import replace
from itertools import count

from benchmarks.stage import HOT_DAY
from shop.addresses import Address
from shop.checkout import Wanted
from shop.pricing import Want

HOME = Address("王小明", "13812345678", "辽宁省", "锦州市", "北镇市", "闾山路12号3单元402室")


_phones = count(13_812_345_678)


def a_wish(*skus: str) -> Wanted:
    """What somebody wants who has ordered nothing before."""
    address = replace(HOME, phone=str(next(_phones)))
    return Wanted(tuple(Want(sku, 1) for sku in skus or ("kyoho-2500",)), HOT_DAY, address)
