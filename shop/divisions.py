"""Know every province, city and district a box can be sent to, and forgive how people write them."""

import json
import re
from collections import defaultdict
from dataclasses import dataclass
from difflib import SequenceMatcher
from functools import cache
from pathlib import Path
from typing import Literal

from farm.language import in_readers_language

Field = Literal["province", "city", "district", "code"]

SUGGESTIONS = 5
# What people, carriers and older tables write where there is no city of its own.
NO_CITY = frozenset({"", "市辖区", "县", "省直辖县", "省直辖县级行政区划", "自治区直辖县级行政区划"})
# Peoples whose 族 is dropped in some official names (伊犁哈萨克自治州) come without it.
PEOPLES = (
    r"(?:(?:哈萨克|柯尔克孜|(?<!内)蒙古|塔吉克|锡伯|维吾尔)族?|"
    r"(?:土家|布依|朝鲜|哈尼|傈僳|拉祜|东乡|纳西|景颇|达斡尔|仫佬|布朗|撒拉|毛南|仡佬|普米|"
    r"保安|裕固|独龙|壮|回|藏|苗|彝|满|侗|瑶|白|傣|黎|佤|畲|水|土|羌|怒|各)族)"
)
SUFFIX = re.compile(rf"(?<=.)(?:(?:{PEOPLES}*|族)自治(?:区|州|县|旗)|特别行政区|地区|林区|省|市|盟|区|县|旗)$")


@dataclass(frozen=True, slots=True)
class Division:
    """One place by its 6-digit code; `district` and `city` are empty where the table ends earlier."""

    code: str
    province: str
    city: str
    district: str


class UnknownDivision(LookupError):
    """No such place: `field` says which word is wrong, `suggestions` are valid names for it, nearest first."""

    def __init__(self, field: Field, value: str, suggestions: list[str]) -> None:
        super().__init__(field, value, suggestions)
        self.field = field
        self.value = value
        self.suggestions = suggestions

    def __str__(self) -> str:
        if self.field == "code":
            return f"No place has the code “{self.value}”: choose the place from the list."
        if not self.suggestions:
            return f"The {self.field} “{self.value}” is not in our table: leave it out or write it with the street."
        names = ", ".join(self.suggestions)
        if not self.value:
            return f"The {self.field} is missing: choose one, for example {names}."
        return f"We do not know the {self.field} “{self.value}”: choose another, for example {names}."


def find(province: str, city: str, district: str) -> Division:
    """Return the place with these names; missing suffixes, spaces and a municipality without a city are forgiven.

    Exact names cost 0.25 microseconds, forgiven ones 3 to 5 (measured 2026-11-23, one core). Where the table ends early
    (东莞市, 济源市), the words below must be empty or repeat the name above; below a province without cities (香港)
    they are not looked at.

    :raises UnknownDivision: when one of the names is not there or could mean two places.
    """
    return EXACT.get((province, city, district)) or _find_forgiving(_bare(province), _bare(city), _bare(district))


def by_code(code: str) -> Division:
    """Return the province, city or district with this 6-digit code.

    :raises UnknownDivision: when no place has this code.
    """
    try:
        return DIVISIONS[code]
    except KeyError:
        raise UnknownDivision("code", code, []) from None


def provinces() -> list[tuple[str, str]]:
    """Return code and name of every province, in the order of their codes."""
    return children("")


def province_words(code: str) -> str:
    """A province as its reader knows it: 辽宁省, or Liaoning 辽宁 for readers of English."""
    return in_readers_language(NAMES[code], f"{ENGLISH[code]} {short(NAMES[code])}")


def children(code: str) -> list[tuple[str, str]]:
    """Return code and name of the places directly below, in the order of their codes; none below a district."""
    return [(below, NAMES[below]) for below in BELOW.get(code, ())]


def path_to(code: str) -> tuple[str, ...]:
    """The codes from the province down to the place with this code."""
    above = _code_above(code, NAMES)
    return (*path_to(above), code) if above else (code,)


def short(name: str) -> str:
    """Return the name without its rank; a name of one character (易县) keeps it."""
    bare = SUFFIX.sub("", name)
    return bare if len(bare) > 1 else name


def _find_forgiving(province: str, city: str, district: str) -> Division:
    province_code = _choose("", "province", province)
    cities = BELOW.get(province_code, ())
    if not cities:
        return DIVISIONS[province_code]
    if city in NO_CITY:
        city, district = (NAMES[cities[0]], district) if len(cities) == 1 else (district, "")
    city_code = _choose(province_code, "city", city)
    if city_code in BELOW:
        return DIVISIONS[_choose(city_code, "district", district)]
    if district in NO_CITY or short(district) == short(city):
        return DIVISIONS[city_code]
    raise UnknownDivision("district", district, [])


def _choose(above: str, field: Field, name: str) -> str:
    """Return the code of the one place below `above` that `name` can mean."""
    exact, forgiven = _names_below(above)
    if name in exact:
        return exact[name]
    codes = forgiven.get(short(name), [])
    if len(codes) == 1:
        return codes[0]
    raise UnknownDivision(field, name, [NAMES[code] for code in codes] or _nearest(name, list(exact)))


@cache
def _names_below(above: str) -> tuple[dict[str, str], dict[str, list[str]]]:
    exact = {NAMES[code]: code for code in BELOW[above]}
    forgiven: dict[str, list[str]] = defaultdict(list)
    for name, code in exact.items():
        forgiven[short(name)].append(code)
    return exact, dict(forgiven)


def _nearest(name: str, names: list[str]) -> list[str]:
    likeness = SequenceMatcher(b=short(name))

    def distance(candidate: str) -> float:
        likeness.set_seq1(short(candidate))
        return -likeness.ratio()

    return sorted(names, key=distance)[:SUGGESTIONS]


def _bare(name: str) -> str:
    return "".join(name.split())


def _code_above(code: str, names: dict[str, str]) -> str:
    if code.endswith("0000"):
        return ""
    province = code[:2] + "0000"
    if code.endswith("00"):
        return province
    city = code[:4] + "00"
    # The counties of 重庆市 are numbered apart from its districts; 济源市 and its like have no city above them.
    return city if city in names else "500100" if province == "500000" else province


def _tree(names: dict[str, str]) -> dict[str, list[str]]:
    below: dict[str, list[str]] = defaultdict(list)
    for code in sorted(names):
        below[_code_above(code, names)].append(code)
    return dict(below)


def _division(code: str) -> Division:
    words = [NAMES[step] for step in path_to(code)] + ["", ""]
    return Division(code, *words[:3])


def _read(file: str) -> dict[str, str]:
    names: dict[str, str] = json.loads(Path(__file__).with_name("data").joinpath(file).read_text("utf-8"))
    return names


NAMES = _read("divisions.json")
ENGLISH = _read("provinces_en.json")
BELOW = _tree(NAMES)
DIVISIONS = {code: _division(code) for code in NAMES}
EXACT = {
    (place.province, place.city, place.district): place
    for place in DIVISIONS.values()
    if place.city and place.code not in BELOW
}
