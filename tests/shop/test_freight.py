import pytest

from shop import divisions, freight
from shop.freight import NotServed, days_on_the_road, freight_fen

pytestmark = pytest.mark.once("sums on paper")
LIAONING, BEIJING, GUANGDONG, TIBET = "210000", "110000", "440000", "540000"
ABROAD = ("710000", "810000", "820000")


@pytest.mark.parametrize(
    ("province_code", "fen"),
    [(LIAONING, 1200 + 5 * 200), (BEIJING, 1800 + 5 * 400), (GUANGDONG, 2400 + 5 * 700), (TIBET, 3600 + 5 * 1400)],
)
def test_five_kilograms_pay_for_six_because_the_box_weighs_too(province_code: str, fen: int):
    assert freight_fen(province_code, 5000, boxes=1) == fen


def test_each_further_started_kilogram_is_paid_and_not_one_gram_earlier():
    assert freight_fen(BEIJING, 100, boxes=1) == 1800
    assert freight_fen(BEIJING, 600, boxes=1) == 1800
    assert freight_fen(BEIJING, 601, boxes=1) == 2200
    assert freight_fen(BEIJING, 1600, boxes=1) == 2200
    assert freight_fen(BEIJING, 1601, boxes=1) == 2600


def test_two_small_boxes_weigh_more_than_a_large_one():
    assert freight_fen(GUANGDONG, 5000, boxes=4) - freight_fen(GUANGDONG, 5000, boxes=1) == 700


def test_liaoning_drives_free_from_ten_kilograms_of_grapes():
    assert freight_fen(LIAONING, 9999, boxes=2) == 1200 + 10 * 200
    assert freight_fen(LIAONING, 10_000, boxes=2) == 0
    assert freight_fen(BEIJING, 10_000, boxes=2) == 1800 + 10 * 400


def test_further_away_never_costs_less_and_never_arrives_earlier():
    road = (LIAONING, BEIJING, GUANGDONG, TIBET)
    prices = [freight_fen(province, 2500, boxes=1) for province in road]

    assert prices == sorted(prices)
    assert [days_on_the_road(province) for province in road] == [1, 2, 3, 4]


def test_every_mainland_province_has_a_price_and_a_day():
    mainland = [code for code, _ in divisions.provinces() if code not in ABROAD]

    assert len(mainland) == 31
    assert sorted(freight.ZONES) == mainland
    assert all(freight_fen(code, 1000, boxes=1) > 0 for code in mainland)


@pytest.mark.parametrize(
    ("code", "name"), list(zip(ABROAD, ("台湾省", "香港特别行政区", "澳门特别行政区"), strict=True))
)
def test_where_the_cold_chain_ends_we_say_so(code: str, name: str):
    with pytest.raises(NotServed, match=f"No cold chain reaches {name}"):
        freight_fen(code, 1000, boxes=1)
    with pytest.raises(NotServed):
        days_on_the_road(code)


def test_a_province_nobody_knows_is_refused():
    with pytest.raises(divisions.UnknownDivision):
        freight_fen("990000", 1000, boxes=1)


@pytest.mark.parametrize(("net_grams", "boxes"), [(0, 1), (-1, 1), (1000, 0)])
def test_an_empty_parcel_has_no_price(net_grams: int, boxes: int):
    with pytest.raises(ValueError, match="at least one box"):
        freight_fen(BEIJING, net_grams, boxes)
