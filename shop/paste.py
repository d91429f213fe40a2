"""Read an address that somebody pasted as one line: name, phone, place and street, in any usual order.

Nothing is guessed: a place is what the division table knows, a name is what a label, a surname or a form of address
calls one, and every other word stays in the street, where the customer sees it.
"""

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path

from farm.unseen import in_line
from shop import places
from shop.places import HANZI, Place

LONGEST = 500
MOBILE = re.compile(r"(?<![0-9])(?:\(?(?:\+|00)?86\)?[\s-]*)?(1[3-9][0-9][\s-]?[0-9]{4}[\s-]?[0-9]{4})(?![0-9])")
PARTING = re.compile(r"[\s,;|。]+")
PHONE_WAS_HERE = "\x00"
MARKS = {"name": "\x01", "phone": "\x02", "place": "\x03"}
LABELS = {
    "name": "收件人姓名|收货人姓名|收件姓名|收件人|收货人|联系人|姓名|名字|recipient|name",
    "phone": "手机号码|电话号码|联系电话|联系方式|手机号|手机|电话|mobile|phone|tel",
    "place": "所在地区|所在省市|收货地址|收件地址|详细地址|地址|address",
}
GLUED = "收件人|收货人|联系人|手机号码?|联系电话|电话|所在地区|收货地址|收件地址|详细地址"
"""Labels that need neither colon nor space at the beginning of a word: 收件人王小明."""

COMMONEST_FIRST = Path(__file__).with_name("data").joinpath("surnames.txt").read_text("utf-8").strip()
SURNAMES = frozenset(COMMONEST_FIRST)
DOUBLE_SURNAMES = "欧阳|司马|上官|诸葛|司徒|东方|尉迟|皇甫|慕容|令狐|夏侯|端木|司空|公孙"
CALLED = "先生|女士|小姐|太太|老师|师傅|同学|经理|老板|医生|阿姨|叔叔|大哥|大姐|哥|姐"
A_NAME = re.compile(
    rf"[{''.join(sorted(SURNAMES))}]{HANZI}{{1,3}}|(?:{DOUBLE_SURNAMES}){HANZI}{{1,2}}|{HANZI}{{1,3}}(?:{CALLED})"
    rf"|[小老阿]{HANZI}{{1,2}}|{HANZI}+(?:[·•・]{HANZI}+)+"
)
LATIN = re.compile(r"[A-Za-z][A-Za-z.'\-]+")
ENDS_A_PLACE = re.compile(
    r"(?:[省市区县旗州盟镇乡村屯庄路街道巷弄里号栋幢座楼层室苑园院店厂校场馆站桥口部处]|公司|花园|家园|胡同|大门)$"
)
FOR_WHOM = re.compile(r"(?<=..)[(\[]?收[)\]]?$")
NAME_AT_A_DOOR = re.compile(
    r"(?<=[号室栋幢座元楼层户组院0-9A-Za-z])"
    rf"([{COMMONEST_FIRST[:100]}]{HANZI}{{1,2}}|(?:{DOUBLE_SURNAMES}){HANZI}{{1,2}})(?=(?:[(\[]?收[)\]]?)?\s*{PHONE_WAS_HERE})"
)
# 12号金店 and 12号马路边 tell where the door is.
NO_NAME_AT_A_DOOR = re.compile(
    r"马路.?|高[层新].?|万[达科].?|方[向便].?|.[家头色边旁侧]|.色.|..?[店铺]|..[湾轩阁庭郡都府城墅]"
)
POSTCODE = r"(?:0[1-7]|[1-7][0-9]|8[1-6])[0-9]{4}"
CALLED_POSTCODE = re.compile(
    rf"[(\[]?\s*(?<![A-Za-z])(?:邮政编码|邮编|postal code|postcode|zip code|zip)\s*[:=(]?\s*{POSTCODE}(?![0-9])[)\]]?",
    re.I,
)


@dataclass(frozen=True)
class Pasted:
    """What was understood; whatever was not stands in `street`. `missing` names what is still to be written."""

    name: str
    phone: str
    province: str
    city: str
    district: str
    street: str
    missing: tuple[str, ...]

    @property
    def found(self) -> dict[str, str]:
        """The words for the fields of an address, without those that are empty."""
        words = ("name", "phone", "province", "city", "district", "street")
        return {word: getattr(self, word) for word in words if getattr(self, word)}


@dataclass(frozen=True)
class _Word:
    """Letters between two partings. `label` is what stood before them; `by_phone`: the number stands beside them."""

    text: str
    label: str = ""
    by_phone: bool = False
    is_street: bool = False


def read(line: str) -> Pasted:
    """Take a pasted line apart; it never fails, and loses only labels, partings, postcodes and a country's name."""
    phone, text = _without_phone(_plain(line))
    text = _without_postcode(text)
    place = places.first_in(text) or _shortened_place(text)
    before, after = (text[: place.start].removesuffix("中国"), text[place.end :]) if place else (text, "")
    name, others = _without_name([*_words(before), *_words(after, is_street=True)])
    if not name:
        before, after = _name_apart(before), _name_apart(after)
        name, others = _without_name([*_words(before), *_words(after, is_street=True)])
    street = [word.text for word in sorted(others, key=lambda word: not word.is_street)]
    said = (place.division.province, place.division.city, place.division.district) if place else ("", "", "")
    pasted = Pasted(name, phone, *said, " ".join(street), ())
    wanted = ("name", "phone", "province", "city", "district", "street")
    complete = ("city", "district") if place and place.is_whole else ()
    return replace(pasted, missing=tuple(word for word in wanted if word not in (*pasted.found, *complete)))


def _plain(line: str) -> str:
    """The line with one kind of digits, commas and spaces; invisible marks part words, as they do around a number."""
    return unicodedata.normalize("NFKC", in_line(line, instead=" "))


def _without_phone(text: str) -> tuple[str, str]:
    """The first mobile number, and the text with a mark in its place."""
    found = MOBILE.search(text)
    if not found:
        return "", text
    return re.sub(r"[\s-]", "", found[1]), f"{text[: found.start()]} {PHONE_WAS_HERE} {text[found.end() :]}"


def _without_postcode(text: str) -> str:
    """The text without six digits that are called a postcode; others may be a door's number, and stay in sight."""
    return CALLED_POSTCODE.sub(" ", text)


def _name_apart(text: str) -> str:
    """The text with a space before the name that stands between a door and the phone: 闾山路12号李红13812345678."""
    found = NAME_AT_A_DOOR.search(text)
    if not found or NO_NAME_AT_A_DOOR.fullmatch(found[1]) or ENDS_A_PLACE.search(found[1]):
        return text
    return f"{text[: found.start()]} {text[found.start() :]}"


def _shortened_place(text: str) -> Place | None:
    """The place with which the address begins: the first word that is neither a label nor a name; 金华 is a city."""
    for word in ADDRESS_WORD.finditer(text):
        said, start = word[1], word.start(1)
        is_name = _is_named([_Word(said)]) and not places.may_begin_at(text, start)
        place = places.shortened_at(text, start)
        if place and not (is_name and said == text[start : place.end] and len(place.codes) == 3):
            return place
        if not is_name and not NO_ADDRESS.fullmatch(said):
            return _place_behind_name(text, start)
    return None


def _place_behind_name(text: str, start: int) -> Place | None:
    """王小明辽宁北镇: a province, where what stands before it can be a name and is no place."""
    names = [text[start : start + length] for length in (2, 3, 4)]
    behind = [start + len(name) for name in names if A_NAME.fullmatch(name) and not places.may_begin_at(text, start)]
    return next((place for at in behind if (place := places.shortened_province_at(text, at))), None)


def _words(text: str, *, is_street: bool = False) -> list[_Word]:
    words = [word for word in PARTING.split(LABEL.sub(_mark, text)) if word]
    return list(_labelled(words, is_street))


def _labelled(words: list[str], is_street: bool) -> Iterator[_Word]:
    """The words that are no marks, each with the label before it and whether the phone is its neighbour."""
    label = ""
    for n, word in enumerate(words):
        if word in MARKS.values():
            label = next(kind for kind, mark in MARKS.items() if mark == word)
        elif word == PHONE_WAS_HERE:
            label = ""
        else:
            neighbours = [near for near in words[max(0, n - 2) : n + 3] if near != MARKS["phone"]]
            at = neighbours.index(word)
            yield _Word(word, label, PHONE_WAS_HERE in neighbours[max(0, at - 1) : at + 2], is_street)


def _without_name(words: list[_Word]) -> tuple[str, list[_Word]]:
    """The name, if exactly one group of words can be one, and the words that are left."""
    groups = list(_groups(words))
    for choose in (_is_labelled, _is_named_beside_phone, _is_named_first, _is_named):
        named = [group for group in groups if choose(group)]
        if len(named) == 1:
            rest = [word for group in groups if group is not named[0] for word in group]
            return FOR_WHOM.sub("", " ".join(word.text for word in named[0])), rest
        if named:
            break
    return "", words


def _groups(words: list[_Word]) -> Iterator[list[_Word]]:
    """Words one by one, but for Latin ones that follow each other: John Smith."""
    group: list[_Word] = []
    for word in words:
        goes_on = group and LATIN.fullmatch(word.text) and LATIN.fullmatch(group[-1].text)
        if group and not (goes_on and word.label == group[-1].label and word.is_street == group[-1].is_street):
            yield group
            group = []
        group.append(word)
    if group:
        yield group


def _is_labelled(group: list[_Word]) -> bool:
    return group[0].label == "name"


def _is_named_beside_phone(group: list[_Word]) -> bool:
    return _is_named(group) and any(word.by_phone for word in group)


def _is_named_first(group: list[_Word]) -> bool:
    return _is_named(group) and not group[0].is_street


def _is_named(group: list[_Word]) -> bool:
    words = FOR_WHOM.sub("", " ".join(word.text for word in group))
    if all(LATIN.fullmatch(word.text) for word in group):
        return len(group) <= 4
    return bool(A_NAME.fullmatch(words)) and (len(words) == 2 or not ENDS_A_PLACE.search(words))


def _mark(found: re.Match[str]) -> str:
    said = next(word for word in found.groups() if word).lower()
    kind = next(kind for kind, words in LABELS.items() if re.fullmatch(words, said))
    return f" {MARKS[kind]} "


_ANY = "|".join(sorted("|".join(LABELS.values()).split("|"), key=len, reverse=True))
NO_ADDRESS = re.compile(rf"{_ANY}|中国|收|.{{2,4}}(?:{LABELS['phone']})", re.IGNORECASE)
ADDRESS_WORD = re.compile(rf"(?<![^\s,;|。:=])(?:{_ANY})?(?:中国)?({HANZI}[^\s,;|。:=]*)")
LABEL = re.compile(
    rf"(?<![A-Za-z])({_ANY})\s*[:=]\s*"  # with a colon anywhere
    rf"|(?:^|(?<=[\s,;|。]))(?:({_ANY})(?=[\s,;|]|$)|({GLUED})(?={HANZI}))"  # without one at the beginning of a word
    rf"|({LABELS['phone']})(?=\s*\x00)|({LABELS['place']})\s*$",  # before what they speak of
    re.IGNORECASE,
)
