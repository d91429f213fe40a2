import datetime as dt
import re

import pytest
import time_machine

from farm.security import (
    BadPhone,
    mask_name,
    mask_phone,
    mask_street,
    new_reference,
    normal_phone,
    sign,
    unsign,
)

pytestmark = pytest.mark.once("signatures touch no row")
NOON = dt.datetime(2026, 9, 12, 4, 0, tzinfo=dt.UTC)


@pytest.mark.parametrize(
    ("phone", "masked"),
    [
        ("13812345678", "138******78"),
        ("+86 138-1234-5678", "138******78"),
        ("１３８１２３４５６７８", "138******78"),
        ("0416-6621234", "041******34"),
        ("+44 7700 900123", "447******23"),
        ("18412345678-1234", "184******34"),
        ("12345678", "******78"),
        ("6621234", "******4"),
        ("110", "******"),
        ("", "******"),
    ],
)
def test_a_phone_shows_five_digits_at_most_and_hides_six(phone: str, masked: str):
    assert mask_phone(phone) == masked


@pytest.mark.parametrize(
    ("name", "masked"),
    [
        ("王小明", "王**"),
        ("王明", "王*"),
        ("王", "*"),
        ("欧阳修文", "欧***"),
        ("买买提·艾力", "买***"),
        (" 李雷 ", "李*"),
        ("John Smith", "J***"),
        ("Jo", "J***"),
        ("J", "*"),
        ("", ""),
    ],
)
def test_a_name_keeps_its_first_character(name: str, masked: str):
    assert mask_name(name) == masked


@pytest.mark.parametrize(
    ("street", "masked"),
    [
        ("解放路12号3单元501室", "解放路***"),
        ("解放路１２号", "解放路***"),
        ("解放路十二号院", "解放路***"),
        ("万达广场A座1203", "万达广场***"),
        ("阳光花园三单元二楼", "阳光花园***"),
        ("幸福里甲三号楼", "幸福里***"),
        ("延安路一百零八弄", "延安路***"),
        ("人民街#3-2-501", "人民街***"),
        ("中屯镇二道沟村三组", "中屯镇二道沟村***"),
        ("五一路阳光花园(西区)8栋", "五一路阳光花园(西区)***"),
        ("一号路5号", "一号路***"),
        ("三里河路", "三里河路***"),
        ("解放路老张家隔壁的院子", "解放路老张家***"),
        ("Apartment Five, Floor Six, Garden Road", "Apartment Fi***"),
        ("a" * 120, "a" * 24 + "***"),
        ("12栋", "***"),
        ("", "***"),
    ],
)
def test_a_street_is_cut_before_the_building(street: str, masked: str):
    assert mask_street(street) == masked


@pytest.mark.parametrize(
    "written",
    [
        "13812345678",
        "138 1234 5678",
        "138-1234-5678",
        "+86 13812345678",
        "+86-138-1234-5678",
        "008613812345678",
        "8613812345678",
        "１３８　１２３４　５６７８",
        "\u202d13812345678\u202c",
        " 13812345678\n",
    ],
)
def test_a_mobile_number_is_understood_however_it_is_written(written: str):
    assert normal_phone(written) == "13812345678"


@pytest.mark.parametrize(
    "written", ["", "12812345678", "1381234567", "138123456789", "+113812345678", "0416-6621234", "abc"]
)
def test_what_is_no_mobile_number_is_refused_with_what_to_do(written: str):
    with pytest.raises(BadPhone, match="11 digits that begin with 1, for example"):
        normal_phone(written)


def test_a_reference_can_be_read_out_and_not_guessed():
    references = {new_reference("BZ") for _ in range(2000)}

    assert len(references) == 2000
    assert all(re.fullmatch(r"BZ[0-9A-HJKMNP-TV-Z]{10}", reference) for reference in references)
    assert set("".join(reference[2:] for reference in references)) == set("0123456789ABCDEFGHJKMNPQRSTVWXYZ")


def test_a_signed_value_comes_back():
    assert unsign(sign("BZ7K3M9QF2XA", purpose="track"), purpose="track") == "BZ7K3M9QF2XA"
    assert unsign(sign("订单:1:2", purpose="track"), purpose="track") == "订单:1:2"


def test_a_token_for_one_purpose_opens_no_other():
    assert unsign(sign("BZ7K3M9QF2XA", purpose="track"), purpose="ticket") is None


def test_a_changed_token_is_worth_nothing():
    token = sign("BZ7K3M9QF2XA", purpose="track")

    assert unsign("BZ7K3M9QF2XB" + token[12:], purpose="track") is None
    assert unsign(token[:-1], purpose="track") is None


@pytest.mark.parametrize("token", ["", "BZ7K3M9QF2XA", "a:b", "a:b:c", "é:ü:中", "\ud800:a:b", "\x00"])
def test_rubbish_is_no_token(token: str):
    assert unsign(token, purpose="track") is None


def test_a_token_grows_old_only_where_an_age_is_asked():
    with time_machine.travel(NOON, tick=False) as clock:
        token = sign("BZ7K3M9QF2XA", purpose="track")
        clock.shift(dt.timedelta(hours=1, seconds=1))

        assert unsign(token, purpose="track", max_age=dt.timedelta(hours=1)) is None
        assert unsign(token, purpose="track", max_age=dt.timedelta(hours=2)) == "BZ7K3M9QF2XA"
        assert unsign(token, purpose="track") == "BZ7K3M9QF2XA"
