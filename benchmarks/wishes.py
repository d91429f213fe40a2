"""What the benchmarks' buyers want."""

from benchmarks.stage import HOT_DAY
from shop.addresses import Address
from shop.checkout import Wanted
from shop.pricing import Want

HOME = Address("王小明", "13812345678", "辽宁省", "锦州市", "北镇市", "闾山路12号3单元402室")


def a_wish(*skus: str) -> Wanted:
    return Wanted(tuple(Want(sku, 1) for sku in skus or ("kyoho-2500",)), HOT_DAY, HOME)
