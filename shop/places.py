"""Find a place of the division table in what people write: shortened, run together, or said twice."""

import re
from dataclasses import dataclass
from functools import cache

from shop import divisions
from shop.divisions import Division

HANZI = r"[\u3400-\u9fff]"
GAP = re.compile(r"[\s,;|。/>\-]*")
NO_CITY = re.compile(r"(?:省|自治区)直辖县(?:级行政区划)?|市辖区")
OTHER_SPELLINGS = {
    "内蒙": "内蒙古自治区",
    "广西自治区": "广西壮族自治区",
    "宁夏自治区": "宁夏回族自治区",
    "新疆自治区": "新疆维吾尔自治区",
}
# 北京朝阳路 is a road and 锦州港 a port: a name without its rank counts only when no such word goes on with it.
GOES_ON = re.compile(
    r"[东南西北中内外前后]{0,2}(?:[路街道巷弄里门口桥站港镇乡村屯苑园店厂校院场馆楼城湾山河湖岛寺区县市州旗盟省族]|大[街道学桥厦]|"
    r"胡同|广场|花园|公[园司寓]|医院|学[院校]|[中小]学|机场|火车|新[村城路]|国际|商[城场]|大?[酒饭]店|宾馆|小区|"
    r"[一二三四五六七八九十]+[路街马]|[0-9A-Za-z])"
)
# Named by themselves, without a province, only these are beyond doubt; 高新区 and 和平区 lie in many cities.
STANDS_ALONE = re.compile(r".{2,}(?:市|县|旗|州|盟|地区)")
# 河南财经学院 and 湖南米粉餐馆 name a house and not where it stands.
NAMES_A_HOUSE = re.compile(
    rf"(?:(?![镇乡村路街道区巷]){HANZI}){{0,8}}(?:大学|学院|医院|银行|公司|集团|商会|会馆|[饭酒]店|宾馆|大厦|餐[厅馆])"
)
# 浙江拱墅莫干山路 lies in 拱墅区; before less, a district's short name may be half of another word.
LEADS_TO_A_STREET = re.compile(rf"[\s,;|]|{HANZI}{{2,5}}[路街道镇乡村巷]|$")
# Only what ranks as a county has towns: 北镇闾山镇; not 龙门石窟街道 or 长白新村街道, which lie in other cities.
HAS_TOWNS = {
    "市": re.compile(rf"[\s,;|]*{HANZI}{{2,3}}(?:(?<![小族])[镇乡]|(?<![路村])街道)"),
    "县": re.compile(rf"[\s,;|]*{HANZI}{{2,3}}(?<![小族])[镇乡]"),
    "旗": re.compile(rf"[\s,;|]*{HANZI}{{2,3}}(?:(?<![小族])[镇乡]|苏木)"),
}


@dataclass(frozen=True)
class Place:
    """A place in a text: its codes from the province down, and from where to where it is written."""

    codes: tuple[str, ...]
    start: int
    end: int

    @property
    def division(self) -> Division:
        return divisions.by_code(self.codes[-1])

    @property
    def is_whole(self) -> bool:
        """Whether the table ends here, so that nothing is left to choose."""
        return not divisions.children(self.codes[-1])


def first_in(text: str) -> Place | None:
    """The place that is said in most detail, the earlier of two equals; one that is said twice ends behind both."""
    found = [place for start in range(len(text)) if (place := _at(text, start))]
    if not found:
        return None
    place = max(found, key=lambda one: (len(one.codes), -one.start))
    if len(place.codes) == 1:
        return _with_county(text, place)
    said_before = (one for one in found if _agree(one, place) and _after_gap(text, one.end) == place.start)
    start = next((one.start for one in said_before), place.start)
    again = _at(text, _after_gap(text, place.end))
    if again and _agree(place, again):
        return Place(max(place.codes, again.codes, key=len), start, again.end)
    return Place(place.codes, start, place.end)


def shortened_at(text: str, start: int) -> Place | None:
    """The place that an address without a sure one begins with: a province's short name, or that of a county alone."""
    return shortened_province_at(text, start) or _county_alone_at(text, start)


def shortened_province_at(text: str, start: int) -> Place | None:
    """A province's short name, with the county behind it: 辽宁北镇."""
    name, codes = _longest(_provinces(), text, start)
    return _shortened(text, Place(codes, start, start + len(name))) if codes else None


def may_begin_at(text: str, start: int) -> bool:
    """Whether the name of a province, a city or a county of only one place stands here."""
    return any(text.startswith(name, start) for name, _codes in _beginnings().get(text[start : start + 2], ()))


def _county_alone_at(text: str, start: int) -> Place | None:
    """北镇闾山镇: what nothing else is called, before one of its towns."""
    name, codes = _longest(_counties_alone(), text, start)
    end = start + len(name)
    if not codes or GOES_ON.match(text, end):
        return None
    return Place(codes, start, end) if HAS_TOWNS[divisions.NAMES[codes[-1]][-1]].match(text, end) else None


def _shortened(text: str, place: Place) -> Place | None:
    """辽宁北镇 and 辽宁 alone; but neither 河南路 nor 北京朝阳路, where either word may be the road's."""
    with_county = _with_county(text, place)
    if with_county is not place:
        return with_county
    implied = _implied(place.codes[0])
    names_a_road = implied and any(text.startswith(name, place.end) for name, _codes in _spellings(place.codes[0]))
    if names_a_road or GOES_ON.match(text, place.end) or NAMES_A_HOUSE.match(text, place.end):
        return None
    return Place((*place.codes, *implied), place.start, place.end)


def _with_county(text: str, province: Place) -> Place:
    """A province and the county behind it that is named without its rank and its city: 江苏昆山花桥."""
    at = _after_gap(text, province.end)
    name, codes = _longest(_counties_below(province.codes[0]), text, at)
    end = at + len(name)
    if not codes or GOES_ON.match(text, end) or NAMES_A_HOUSE.match(text, end):
        return province
    is_sure = divisions.NAMES[codes[-1]][-1] != "区" or LEADS_TO_A_STREET.match(text, end)
    return Place(codes, province.start, end) if is_sure else province


def _longest(spellings: list[tuple[str, tuple[str, ...]]], text: str, at: int) -> tuple[str, tuple[str, ...]]:
    """The first of `spellings`, longest first, that stands in the text, with its codes; nothing if none does."""
    return next(((name, codes) for name, codes in spellings if text.startswith(name, at)), ("", ()))


def _at(text: str, start: int) -> Place | None:
    """The place written at `start`, if its words leave no doubt: a whole name, or two names that fit together."""
    for name, codes in _beginnings().get(text[start : start + 2], ()):
        if text.startswith(name, start):
            path, end = _down(text, start + len(name), codes)
            is_whole_name = divisions.NAMES[codes[-1]] == name
            if is_whole_name or (len(path) > len(codes) and not _is_implied(path)):
                return Place(path, start, end)
    return None


def _down(text: str, end: int, codes: tuple[str, ...]) -> tuple[tuple[str, ...], int]:
    """Walk from a place to the one below it that comes next in the text, as far as it goes."""
    at = _after_gap(text, end)
    if empty := NO_CITY.match(text, at):
        end, at = empty.end(), _after_gap(text, empty.end())
    for name, below in _spellings(codes[-1]):
        if not text.startswith(name, at):
            continue
        path, deepest = _down(text, at + len(name), (*codes, *below))
        is_surer = name == divisions.NAMES[below[-1]] or len(path) > len(codes) + len(below)
        if is_surer or not GOES_ON.match(text, at + len(name)):
            return path, deepest
    return (*codes, *_implied(codes[-1])), end


def _implied(code: str) -> tuple[str, ...]:
    """The city of a municipality, which goes without saying."""
    below = divisions.children(code)
    return (below[0][0],) if len(below) == 1 and below[0][1] == divisions.NAMES[code] else ()


def _is_implied(path: tuple[str, ...]) -> bool:
    return _implied(path[0]) == path[1:]


def _agree(one: Place, other: Place) -> bool:
    """Whether both name the same place, one perhaps in more detail; a province alone says too little."""
    shared = min(len(one.codes), len(other.codes))
    return shared > 1 and one.codes[:shared] == other.codes[:shared]


def _after_gap(text: str, at: int) -> int:
    gap = GAP.match(text, at)
    return gap.end() if gap else at


@cache
def _spellings(above: str) -> list[tuple[str, tuple[str, ...]]]:
    """How places below `above` are written, longest first, each with the codes from there down."""
    found: dict[str, set[tuple[str, ...]]] = {}
    for code, name in divisions.children(above):
        implied = _implied(above)
        for spelling in _written(name):
            found.setdefault(spelling, set()).add((code,))
        for lower, lower_name in divisions.children(code):  # 辽宁省北镇市, 北京朝阳
            words = _written(lower_name) if implied else [lower_name]
            for spelling in words:
                found.setdefault(spelling, set()).add((code, lower))
    direct = {name: codes for name, codes in found.items() if len({path for path in codes if len(path) == 1}) == 1}
    nearest = {name: min(codes, key=len) for name, codes in direct.items()}
    only = {name: next(iter(codes)) for name, codes in found.items() if len(codes) == 1}
    return sorted((only | nearest).items(), key=lambda item: -len(item[0]))


def _written(name: str) -> list[str]:
    """A name and its short forms: 延边朝鲜族自治州, 延边州, 延边."""
    short = divisions.short(name)
    others = [spelling for spelling, meant in OTHER_SPELLINGS.items() if meant == name]
    return [name, short, *others, *([short + name[-1]] if "自治" in name else [])]


@cache
def _provinces() -> list[tuple[str, tuple[str, ...]]]:
    return [(name, codes) for name, codes in _spellings("") if len(codes) == 1]


@cache
def _counties_below(province: str) -> list[tuple[str, tuple[str, ...]]]:
    """Short names of districts and counties that nothing else in the province bears, longest first."""
    cities = [code for code, _name in divisions.children(province)]
    counties = [code for city in cities for code, _name in divisions.children(city)]
    return _borne_once([*cities, *counties], counties)


@cache
def _counties_alone() -> list[tuple[str, tuple[str, ...]]]:
    """Short names of counties and cities without districts that nothing else in the table bears, longest first."""
    lowest = [code for code in divisions.NAMES if len(divisions.path_to(code)) > 1 and not divisions.children(code)]
    return _borne_once(list(divisions.NAMES), [code for code in lowest if divisions.NAMES[code][-1] in HAS_TOWNS])


def _borne_once(among: list[str], wanted: list[str]) -> list[tuple[str, tuple[str, ...]]]:
    """Every spelling, longest first: codes where it is short and one of `wanted` bears it alone, else none.

    So 三门峡 stands before 三门 and hides it.
    """
    bearers: dict[str, list[str]] = {}
    for code in among:
        for spelling in set(_written(divisions.NAMES[code])):
            bearers.setdefault(spelling, []).append(code)
    may_be_short = set(wanted)

    def codes_of(spelling: str) -> tuple[str, ...]:
        code, *others = bearers[spelling]
        is_sure = not others and code in may_be_short and spelling != divisions.NAMES[code]
        return divisions.path_to(code) if is_sure else ()

    return [(spelling, codes_of(spelling)) for spelling in sorted(bearers, key=len, reverse=True)]


@cache
def _beginnings() -> dict[str, list[tuple[str, tuple[str, ...]]]]:
    """With what a place may begin, by the first two characters: a province, or a name that only one place has."""
    names = dict(_spellings(""))
    names = {name: codes for name, codes in names.items() if len(codes) == 1}
    named: dict[str, list[str]] = {}
    for code, name in divisions.NAMES.items():
        named.setdefault(name, []).append(code)
    for name, codes in named.items():
        if len(codes) == 1 and STANDS_ALONE.fullmatch(name):
            names.setdefault(name, divisions.path_to(codes[0]))
    for code, _name in divisions.provinces():
        for city, name in divisions.children(code):
            names.setdefault(divisions.short(name), (code, city))  # 锦州北镇, sure only with what follows
    beginnings: dict[str, list[tuple[str, tuple[str, ...]]]] = {}
    for name in sorted(names, key=len, reverse=True):
        beginnings.setdefault(name[:2], []).append((name, names[name]))
    return beginnings
