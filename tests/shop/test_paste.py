"""Addresses as people paste them: from a chat, a note, another shop, in any order, and lines that are none."""

import re
from collections import Counter

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from shop import divisions, paste, places

pytestmark = pytest.mark.once("it reads words and a file")
WANG = "王小明"
PHONE = "13812345678"
LABELS = [
    *("收件人姓名", "收货人姓名", "收件姓名", "收件人", "收货人", "联系人", "姓名", "名字", "recipient", "name"),
    *("手机号码", "电话号码", "联系电话", "联系方式", "手机号", "手机", "电话", "mobile", "phone", "tel"),
    *("所在地区", "所在省市", "收货地址", "收件地址", "详细地址", "地址", "address"),
]
BEIZHEN = ("辽宁省", "锦州市", "北镇市")
CHAOYANG = ("北京市", "北京市", "朝阳区")
WHOLE = [
    (f"{WANG} {PHONE} 辽宁省锦州市北镇市广宁街道富屯路8号", WANG, BEIZHEN, "广宁街道富屯路8号"),
    (f"{WANG}，{PHONE}，辽宁省锦州市北镇市广宁街道8号", WANG, BEIZHEN, "广宁街道8号"),
    (f"辽宁省锦州市北镇市广宁街道8号 {WANG} {PHONE}", WANG, BEIZHEN, "广宁街道8号"),
    (f"辽宁省锦州市北镇市广宁街道8号，{PHONE}，{WANG}", WANG, BEIZHEN, "广宁街道8号"),
    (f"{PHONE} {WANG} 辽宁省锦州市北镇市广宁街道8号", WANG, BEIZHEN, "广宁街道8号"),
    (f"收件人：{WANG} 电话：{PHONE} 地址：辽宁省锦州市北镇市广宁街道8号", WANG, BEIZHEN, "广宁街道8号"),
    (f"收件人：{WANG}\n手机号码：{PHONE}\n所在地区：辽宁省锦州市北镇市\n详细地址：8号院", WANG, BEIZHEN, "8号院"),
    (f"收货人: {WANG}; 手机: 138 1234 5678; 地址: 辽宁 锦州 北镇 广宁街道8号", WANG, BEIZHEN, "广宁街道8号"),
    (f"收件人{WANG}电话{PHONE}地址北京市朝阳区望京街10号", WANG, CHAOYANG, "望京街10号"),
    (f"{WANG}{PHONE}辽宁省锦州市北镇市广宁街道8号", WANG, BEIZHEN, "广宁街道8号"),
    (f"{WANG}辽宁锦州北镇广宁街道8号{PHONE}", WANG, BEIZHEN, "广宁街道8号"),
    (f"{WANG} +86 138-1234-5678 辽宁锦州北镇广宁街道8号", WANG, BEIZHEN, "广宁街道8号"),
    (f"{WANG} (+86)13812345678 辽宁省北镇市广宁街道8号", WANG, BEIZHEN, "广宁街道8号"),
    (f"{WANG} 0086-13812345678 锦州市北镇市广宁街道8号", WANG, BEIZHEN, "广宁街道8号"),
    (f"{WANG} {PHONE} 北镇市广宁街道8号", WANG, BEIZHEN, "广宁街道8号"),
    (f"{WANG}(收) {PHONE} 辽宁省-锦州市-北镇市 广宁街道8号", WANG, BEIZHEN, "广宁街道8号"),
    (f"电话{PHONE}，收件人{WANG}，中国辽宁省锦州市北镇市闾山镇8号", WANG, BEIZHEN, "闾山镇8号"),
    (f"辽宁省 锦州市 北镇市 辽宁省锦州市北镇市广宁街道8号 {WANG} {PHONE}", WANG, BEIZHEN, "广宁街道8号"),
    (f"辽宁省锦州市 锦州市北镇市广宁街道8号 {WANG} {PHONE}", WANG, BEIZHEN, "广宁街道8号"),
    (f"{WANG} １３８１２３４５６７８ 北京市朝阳区望京街１０号", WANG, CHAOYANG, "望京街10号"),
    (f"北京市北京市朝阳区望京街10号 李女士 {PHONE}", "李女士", CHAOYANG, "望京街10号"),
    (f"北京市市辖区朝阳区望京街10号 小李 {PHONE}", "小李", CHAOYANG, "望京街10号"),
    (f"北京朝阳 望京街道10号楼2单元301 {PHONE} 李雷", "李雷", CHAOYANG, "望京街道10号楼2单元301"),
    (f"上海浦东新区世纪大道100号 张伟 {PHONE}", "张伟", ("上海市", "上海市", "浦东新区"), "世纪大道100号"),
    (f"天津和平区南京路8号，刘老师，{PHONE}", "刘老师", ("天津市", "天津市", "和平区"), "南京路8号"),
    (f"欧阳娜娜 {PHONE} 重庆云阳县青龙街道3号", "欧阳娜娜", ("重庆市", "重庆市", "云阳县"), "青龙街道3号"),
    (f"巴图 {PHONE} 内蒙古呼和浩特新城区新华街1号", "巴图", ("内蒙古自治区", "呼和浩特市", "新城区"), "新华街1号"),
    (f"{WANG} {PHONE} 内蒙鄂伦春自治旗大杨树镇", WANG, ("内蒙古自治区", "呼伦贝尔市", "鄂伦春自治旗"), "大杨树镇"),
    (f"广西南宁市青秀区民族大道1号，韦小宝，{PHONE}", "韦小宝", ("广西壮族自治区", "南宁市", "青秀区"), "民族大道1号"),
    (f"广西自治区桂林阳朔县西街8号 阿秀 {PHONE}", "阿秀", ("广西壮族自治区", "桂林市", "阳朔县"), "西街8号"),
    (
        f"新疆伊犁州伊宁市解放路8号 阿依古丽·买买提 {PHONE}",
        "阿依古丽·买买提",
        ("新疆维吾尔自治区", "伊犁哈萨克自治州", "伊宁市"),
        "解放路8号",
    ),
    (f"金花 {PHONE} 吉林延边州延吉市公园路1号", "金花", ("吉林省", "延边朝鲜族自治州", "延吉市"), "公园路1号"),
    (f"吉林省吉林市船营区北京路2号 金先生 {PHONE}", "金先生", ("吉林省", "吉林市", "船营区"), "北京路2号"),
    (f"John Smith {PHONE} 上海市静安区南京西路1266号", "John Smith", ("上海市", "上海市", "静安区"), "南京西路1266号"),
    (
        "name: Mary Ann O'Neil, phone: +8613812345678, address: 上海市 静安区 南京西路1266号",
        "Mary Ann O'Neil",
        ("上海市", "上海市", "静安区"),
        "南京西路1266号",
    ),
    (f"陈先生 {PHONE} 广东东莞虎门镇太沙路12号", "陈先生", ("广东省", "东莞市", ""), "虎门镇太沙路12号"),
    (f"赵云 {PHONE} 河南省济源市沁园路1号", "赵云", ("河南省", "济源市", ""), "沁园路1号"),
    (f"孙悦 {PHONE} 江苏苏州工业园区星湖街8号", "孙悦", ("江苏省", "苏州市", "苏州工业园区"), "星湖街8号"),
    (f"杭州市西湖区文三路 幸福小区 3幢 孙悦 {PHONE}", "孙悦", ("浙江省", "杭州市", "西湖区"), "文三路 幸福小区 3幢"),
    (f"{WANG}|{PHONE}|云南省|大理州|大理市|古城8号", WANG, ("云南省", "大理白族自治州", "大理市"), "古城8号"),
]
KUNSHAN = ("江苏省", "苏州市", "昆山市")
WHOLE += [
    (f"辽宁北镇闾山路12号 李红 {PHONE}", "李红", BEIZHEN, "闾山路12号"),
    (f"辽宁 北镇 闾山路12号 李红 {PHONE}", "李红", BEIZHEN, "闾山路12号"),
    (f"辽宁省北镇闾山路12号 李红 {PHONE}", "李红", BEIZHEN, "闾山路12号"),
    (f"{WANG}辽宁北镇闾山路12号 {PHONE}", WANG, BEIZHEN, "闾山路12号"),
    (f"收件人{WANG}电话{PHONE}地址辽宁北镇闾山路12号", WANG, BEIZHEN, "闾山路12号"),
    (f"北镇闾山镇12号 李红 {PHONE}", "李红", BEIZHEN, "闾山镇12号"),
    (f"收货地址：北镇 闾山镇12号 李红 {PHONE}", "李红", BEIZHEN, "闾山镇12号"),
    (f"李红 {PHONE} 北镇广宁街道12号", "李红", BEIZHEN, "广宁街道12号"),
    (f"江苏昆山花桥绿地大道8号 李红 {PHONE}", "李红", KUNSHAN, "花桥绿地大道8号"),
    (f"昆山市花桥镇8号 李红 {PHONE}", "李红", KUNSHAN, "花桥镇8号"),
    (f"昆山花桥镇8号 李红 {PHONE}", "李红", KUNSHAN, "花桥镇8号"),
    (f"辽宁宽甸青山沟镇8号 李红 {PHONE}", "李红", ("辽宁省", "丹东市", "宽甸满族自治县"), "青山沟镇8号"),
    (f"浙江拱墅莫干山路8号 李红 {PHONE}", "李红", ("浙江省", "杭州市", "拱墅区"), "莫干山路8号"),
    (f"北镇市闾山路12号李红{PHONE}", "李红", BEIZHEN, "闾山路12号"),
    (f"辽宁北镇闾山路12号李红{PHONE}", "李红", BEIZHEN, "闾山路12号"),
    (f"北镇市广宁街道8号楼301王小明(收){PHONE}", WANG, BEIZHEN, "广宁街道8号楼301"),
    (f"北镇市广宁街道2单元欧阳娜娜 {PHONE}", "欧阳娜娜", BEIZHEN, "广宁街道2单元"),
    (f"{WANG} 北镇市闾山路12号白露{PHONE}", WANG, BEIZHEN, "闾山路12号白露"),
    (f"邮编：121300 北镇市闾山路12号 李红 {PHONE}", "李红", BEIZHEN, "闾山路12号"),
    (f"北镇市闾山路12号(邮政编码121300) 李红 {PHONE}", "李红", BEIZHEN, "闾山路12号"),
    (f"北镇市闾山路12号 邮编121300，李红，{PHONE}", "李红", BEIZHEN, "闾山路12号"),
]
DOORS = ["金店", "马路边", "高层", "左边", "白色门", "万达", "王家庄", "门卫", "金海湾"]
# Words that sound like places, doors' neighbours that sound like names, and six digits that are no postcode.
NOT_FOOLED = [
    ("上海市浦东新区昆山路12号", "上海市 上海市 浦东新区", "昆山路12号"),
    ("南京市鼓楼区北镇巷5号", "江苏省 南京市 鼓楼区", "北镇巷5号"),
    ("广州市天河区北镇闾山镇饭店", "广东省 广州市 天河区", "北镇闾山镇饭店"),
    ("南京昆山路12号", "", "南京昆山路12号"),
    ("广州 昆山花桥镇8号", "", "广州 昆山花桥镇8号"),
    ("金华 昆山花桥镇8号", "", "昆山花桥镇8号"),
    ("昆山路12号", "", "昆山路12号"),
    ("昆山花园8号", "", "昆山花园8号"),
    ("北镇闾山路12号", "", "北镇闾山路12号"),
    ("北镇葡萄小镇8号", "", "北镇葡萄小镇8号"),
    ("龙门石窟街道8号", "", "龙门石窟街道8号"),
    ("延吉新村街道8号", "", "延吉新村街道8号"),
    ("共和新路街道8号", "", "共和新路街道8号"),
    ("石门二路街道8号", "", "石门二路街道8号"),
    ("兴隆满族乡8号", "", "兴隆满族乡8号"),
    ("三门峡渑池镇8号", "", "三门峡渑池镇8号"),
    ("龙泉驿洛带镇8号", "", "龙泉驿洛带镇8号"),
    ("鼓楼花桥镇8号", "", "鼓楼花桥镇8号"),
    ("安宁 太平镇8号", "", "太平镇8号"),
    ("江苏昆山路12号", "江苏省", "昆山路12号"),
    ("江苏鼓楼湖南路街道8号", "江苏省", "鼓楼湖南路街道8号"),
    ("辽宁闾山路12号", "辽宁省", "闾山路12号"),
    ("上海南京西路1266号", "上海市 上海市", "南京西路1266号"),
    ("青岛 香港中路8号", "", "青岛 香港中路8号"),
    ("河南路8号", "", "河南路8号"),
    ("河南财经学院8号楼", "", "河南财经学院8号楼"),
    ("郑州河南宝丰集团8号", "", "郑州河南宝丰集团8号"),
    ("河南宝丰集团8号", "", "河南宝丰集团8号"),
    *((f"北镇市闾山路12号{door}", " ".join(BEIZHEN), f"闾山路12号{door}") for door in DOORS),
    ("北镇市闾山路121300号", " ".join(BEIZHEN), "闾山路121300号"),
    ("北镇市国际花园 302105", " ".join(BEIZHEN), "国际花园 302105"),
    ("北镇市闾山路 121300", " ".join(BEIZHEN), "闾山路 121300"),
    ("北镇市3栋 121300 室", " ".join(BEIZHEN), "3栋 121300 室"),
    ("北镇市8号 开门密码 121300", " ".join(BEIZHEN), "8号 开门密码 121300"),
    ("北镇市8号 012 121300", " ".join(BEIZHEN), "8号 012 121300"),
    ("北镇市8号 991300", " ".join(BEIZHEN), "8号 991300"),
    ("北镇市8号 邮编1213001", " ".join(BEIZHEN), "8号 邮编1213001"),
]
PARTLY = [
    ("王小明 13812345678 北京朝阳路8号", {"name": WANG, "phone": PHONE, "street": "北京朝阳路8号"}),
    ("南京鼓楼医院 13812345678", {"phone": PHONE, "street": "南京鼓楼医院"}),
    ("北镇葡萄批发部 13812345678 北镇市8号", {"phone": PHONE, "street": "8号 北镇葡萄批发部"}),
    ("王小明 0416-6612345 北镇市解放路5段", {"name": WANG, "street": "解放路5段 0416-6612345"}),
    ("王小明 13812345678-1234 北镇市解放路5段", {"name": WANG, "phone": PHONE, "street": "解放路5段 -1234"}),
    ("上海市南京西路1266号", {"province": "上海市", "city": "上海市", "street": "南京西路1266号"}),
    ("北镇市广宁街道 保利香槟 13812345678", {"phone": PHONE, "street": "广宁街道 保利香槟"}),
    (
        "王小明 张红 13812345678 13912345678 北镇市8号楼",
        {"phone": PHONE, "name": "张红", "street": "8号楼 王小明 13912345678"},
    ),
    ("王小明", {"name": WANG}),
    ("你好", {"street": "你好"}),
    ("", {}),
]
BITS = ["甲1号", "B座", "3单元", "夢の家", "7-201", "🏠", "ホテル", "A.b", "#5", "(后门)", "12345"]


@pytest.mark.parametrize(("line", "name", "place", "street"), WHOLE)
def test_a_pasted_line_is_taken_apart(line: str, name: str, place: tuple[str, str, str], street: str):
    pasted = paste.read(line)

    assert (pasted.name, pasted.phone, pasted.street, pasted.missing) == (name, PHONE, street, ())
    assert (pasted.province, pasted.city, pasted.district) == place
    assert divisions.find(*place).code


@pytest.mark.parametrize(("line", "found"), PARTLY)
def test_what_is_not_understood_stays_in_the_street_and_is_called_missing(line: str, found: dict[str, str]):
    pasted = paste.read(line)

    assert {**pasted.found, **found} == pasted.found
    assert not set(pasted.missing) & set(pasted.found)
    assert set(pasted.missing) | set(pasted.found) >= {"name", "phone", "province", "city", "street"}


@pytest.mark.parametrize(("line", "place", "street"), NOT_FOOLED)
def test_what_only_sounds_like_a_place_a_name_or_a_postcode_stays_in_the_street(line: str, place: str, street: str):
    pasted = paste.read(f"{line} {PHONE}" if line[-1].isdigit() else f"{line}{PHONE}")

    assert (" ".join(filter(None, (pasted.province, pasted.city, pasted.district))), pasted.street) == (place, street)
    assert pasted.name in ("", "安宁", "金华")


def test_no_short_name_of_the_table_is_taken_for_another_place():
    ends = [place for place in divisions.DIVISIONS.values() if place.district[-1:] in ("市", "县")][::7]
    for end in ends:
        short, path = divisions.short(end.district), ("", end.province, end.city, end.district)
        for start in (f"{end.province}{short}", f"{divisions.short(end.province)}{short}"):
            pasted = paste.read(f"{start}幸福镇8号")
            assert {pasted.province, pasted.city, pasted.district} <= set(path), start
        road = paste.read(f"{short}路8号 李红")
        assert (road.street, road.district) == (f"{short}路8号", ""), short


@pytest.mark.parametrize("end", [place for place in divisions.DIVISIONS.values() if place.city][::37])
def test_any_place_of_the_table_is_read_in_full(end: divisions.Division):
    place = places.first_in(f"李雷{end.province}{end.city}{end.district}幸福小区8号")

    assert place
    assert (place.division.code, place.start) == (end.code, 2)


@given(st.text())
@example("\x00\x01\x02")
@example("收件人：：地址")
@example("13812345678" * 3)
@example("NAME")
@example("邮编100084,200120,")
def test_no_line_is_too_strange(line: str):
    pasted = paste.read(line)

    words = paste._plain(line).lower()
    said = Counter("".join(pasted.found.values()).lower())
    read = Counter(letter for letter in words if letter.isalnum())
    labels = Counter("".join(label * words.count(label) for label in LABELS))
    postcodes = Counter("".join(re.findall(r"邮编|邮政编码|postal code|postcode|zip code|zip|[0-9]{6}", words)))
    assert read - said - labels - postcodes == Counter()


@settings(max_examples=200)
@given(st.lists(st.sampled_from(BITS), min_size=1, unique=True), st.permutations([WANG, PHONE, "".join(BEIZHEN)]))
def test_every_word_that_is_not_understood_is_still_there(bits: list[str], known: list[str]):
    line = " ".join([*known, *bits])

    pasted = paste.read(line)

    words = f"{pasted.street} {pasted.name}"
    assert [bit for bit in bits if bit not in words] == []
    assert (pasted.phone, pasted.district) == (PHONE, "北镇市")
