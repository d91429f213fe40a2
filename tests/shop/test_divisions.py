import timeit

import pytest
from django.utils.translation import override

from shop import divisions
from shop.divisions import Division, UnknownDivision, find

pytestmark = pytest.mark.once("divisions are a file")
BEIZHEN = Division("210782", "辽宁省", "锦州市", "北镇市")


def test_the_farm_knows_where_it_lives():
    assert find("辽宁省", "锦州市", "北镇市") == BEIZHEN
    assert divisions.by_code("210782") == BEIZHEN


@pytest.mark.parametrize(
    "written",
    [("辽宁", "锦州", "北镇"), (" 辽宁省 ", "锦州 市", "北镇市\u3000"), ("辽宁", "锦州市", "北镇市")],
)
def test_missing_ranks_and_stray_spaces_are_forgiven(written: tuple[str, str, str]):
    assert find(*written) == BEIZHEN


@pytest.mark.parametrize("city", ["北京市", "北京", "市辖区", "", " "])
def test_a_municipality_needs_no_city(city: str):
    assert find("北京市", city, "朝阳区") == Division("110105", "北京市", "北京市", "朝阳区")


def test_the_counties_of_chongqing_belong_to_chongqing():
    assert find("重庆市", "重庆市", "云阳县").code == "500235"
    assert find("重庆", "县", "云阳县").city == "重庆市"
    assert ("500235", "云阳县") in divisions.children("500100")


@pytest.mark.parametrize(
    ("province", "city", "code"),
    [
        ("广东省", "东莞市", "441900"),
        ("广东省", "中山市", "442000"),
        ("海南省", "儋州市", "460400"),
        ("甘肃省", "嘉峪关市", "620200"),
    ],
)
def test_a_city_without_districts_is_complete_by_itself(province: str, city: str, code: str):
    whole_city = Division(code, province, city, "")

    assert [find(province, city, district) for district in ("", city, city[:-1], "市辖区")] == [whole_city] * 4
    assert divisions.children(code) == []


@pytest.mark.parametrize(
    "written",
    [
        ("河南省", "济源市", ""),
        ("河南", "", "济源"),
        ("河南省", "济源市", "济源市"),
        ("河南省", "省直辖县级行政区划", "济源市"),
    ],
)
def test_a_city_directly_under_its_province_may_be_written_at_either_level(written: tuple[str, str, str]):
    assert find(*written) == Division("419001", "河南省", "济源市", "")


def test_shihezi_is_directly_under_xinjiang():
    assert find("新疆", "石河子", "").code == "659001"
    assert ("659001", "石河子市") in divisions.children("650000")


@pytest.mark.parametrize(
    ("written", "code"),
    [
        (("内蒙古", "呼伦贝尔", "鄂伦春"), "150723"),
        (("甘肃", "临夏", "东乡县"), "622926"),
        (("新疆", "克孜勒苏", "阿图什"), "653001"),
        (("湖南", "常德", "津市"), "430781"),
        (("江苏", "苏州", "苏州工业园区"), "320576"),
    ],
)
def test_autonomous_places_are_found_by_the_name_people_use(written: tuple[str, str, str], code: str):
    assert find(*written).code == code


def test_hong_kong_macau_and_taiwan_end_at_the_province():
    assert find("香港", "香港", "中西区") == Division("810000", "香港特别行政区", "", "")
    assert [divisions.children(code) for code in ("710000", "810000", "820000")] == [[], [], []]


@pytest.mark.parametrize(
    ("written", "field", "value", "nearest"),
    [
        (("廖宁省", "锦州市", "北镇市"), "province", "廖宁省", "辽宁省"),
        (("辽宁省", "锦洲市", "北镇市"), "city", "锦洲市", "锦州市"),
        (("辽宁省", "锦州市", "北真市"), "district", "北真市", "北镇市"),
        (("辽宁省", "锦州市", ""), "district", "", "古塔区"),
    ],
)
def test_a_wrong_name_is_answered_with_the_nearest_right_one(
    written: tuple[str, str, str], field: str, value: str, nearest: str
):
    with pytest.raises(UnknownDivision) as refusal:
        find(*written)

    assert (refusal.value.field, refusal.value.value, refusal.value.suggestions[0]) == (field, value, nearest)
    assert len(refusal.value.suggestions) == 5


def test_the_refusal_says_what_to_do():
    assert "锦州市" in sentence("辽宁", "锦洲", "北镇")
    assert sentence("辽宁", "锦洲", "北镇").startswith("We do not know the city “锦洲”: choose another, for example ")
    assert sentence("辽宁", "", "").startswith("The city is missing: choose one, for example 沈阳市")
    assert sentence("广东", "东莞", "虎门镇").endswith("leave it out or write it with the street.")


def test_a_short_name_with_two_meanings_is_asked_back():
    with pytest.raises(UnknownDivision) as refusal:
        find("新疆", "伊犁", "伊宁")

    assert refusal.value.suggestions == ["伊宁市", "伊宁县"]


def test_a_code_nobody_has_is_refused():
    with pytest.raises(UnknownDivision, match="No place has the code “219999”"):
        divisions.by_code("219999")


def test_the_table_is_complete_and_every_place_in_it_is_reachable():
    ends = [place for place in divisions.DIVISIONS.values() if place.city and not divisions.children(place.code)]

    assert len(divisions.provinces()) == 34
    assert len(divisions.DIVISIONS) > 3300
    assert all(len(code) == 6 and code.isdigit() for code in divisions.DIVISIONS)
    assert [find(end.province, end.city, end.district) for end in ends] == ends
    assert sum(len(divisions.children(code)) for code in ("", *divisions.DIVISIONS)) == len(divisions.DIVISIONS)


def test_pickers_walk_down_in_the_order_of_codes():
    assert divisions.provinces()[0] == ("110000", "北京市")
    assert divisions.children("110000") == [("110100", "北京市")]
    assert divisions.children("210700")[0] == ("210702", "古塔区")
    assert divisions.children("210782") == []
    assert divisions.by_code("210000") == Division("210000", "辽宁省", "", "")


def test_readers_of_english_get_a_name_they_can_read_beside_the_chinese_one():
    assert divisions.NAMES.keys() >= divisions.ENGLISH.keys() == dict(divisions.provinces()).keys()
    for language, words in (("en", "Guangxi 广西"), ("zh-hans", "广西壮族自治区")):
        with override(language):
            assert divisions.province_words("450000") == words


def test_exact_names_cost_less_than_three_microseconds():
    seconds = min(timeit.repeat(lambda: find("辽宁省", "锦州市", "北镇市"), number=1000, repeat=7))

    assert seconds / 1000 < 3e-6


def sentence(province: str, city: str, district: str) -> str:
    with pytest.raises(UnknownDivision) as refusal:
        find(province, city, district)
    return str(refusal.value)
