"""Each size gate refuses a bad sample, lets a good one through, and knows its exemptions."""

from pathlib import Path

import pytest

from tests import sizes

pytestmark = pytest.mark.once("it reads files")
SHORT = "def settle(*, a, b, c, d, e, f):\n    return a\n"
TOO_MUCH = "def settle(a, b, *, c, d, e, f, g):\n    return a\n"
METHOD_OF_SIX = "class Order:\n    def move(self, a, b, c, d, e, f, *rest, **others):\n        return a\n"
STATIC_OF_SEVEN = "class Order:\n    @staticmethod\n    def move(a, b, c, d, e, f, g):\n        return a\n"
TOO_LONG = "def settle():\n" + "    now = 1\n" * 50
NESTED = "def outer():\n    def settle(a, b, c, d, e, f, g):\n        return a\n    return settle\n"


def offences(root: Path, name: str, text: str, exempt: dict[str, str] | None = None) -> list[str]:
    path = root / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text)
    return [str(offence) for offence in sizes.check(root, exempt or {})]


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("shop/checkout.py", SHORT),
        ("shop/checkout.py", METHOD_OF_SIX),
        ("shop/checkout.py", "pass\n" * 400),
        ("tests/test_shop.py", "pass\n" * 300),
        ("shop/templates/shop/cart.html", "<p>\n" * 120),
        ("shop/migrations/0001_initial.py", "pass\n" * 900),
        ("docs/decisions/0001-fen.md", "word\n" * 30),
    ],
)
def test_what_is_within_the_walls_passes(tmp_path, name, text):
    assert offences(tmp_path, name, text) == []


@pytest.mark.parametrize(
    ("name", "text", "expected"),
    [
        ("shop/checkout.py", TOO_MUCH, "shop/checkout.py:1: settle takes 7 parameters, over 6"),
        ("shop/checkout.py", STATIC_OF_SEVEN, "shop/checkout.py:3: move takes 7 parameters, over 6"),
        ("shop/checkout.py", NESTED, "shop/checkout.py:2: settle takes 7 parameters, over 6"),
        ("shop/checkout.py", TOO_LONG, "shop/checkout.py:1: settle has 51 lines, over 50"),
        ("shop/a.py", "pass\n" * 401, "shop/a.py:401: 401 lines, over 400; split it by noun or story"),
        ("tests/test_a.py", "pass\n" * 301, "tests/test_a.py:301: 301 lines, over 300; split it by noun or story"),
        ("farm/utils.py", "", "farm/utils.py:1: utils.py says nothing; name the module after its story"),
    ],
)
def test_what_breaks_a_wall_is_named_with_its_place(tmp_path, name, text, expected):
    assert offences(tmp_path, name, text) == [expected]


@pytest.mark.parametrize(
    ("name", "lines"), [("shop/templates/shop/cart.html", 121), ("docs/decisions/0001-fen.md", 31)]
)
def test_long_templates_and_decisions_are_refused(tmp_path, name, lines):
    assert offences(tmp_path, name, "word\n" * lines)[0].startswith(f"{name}:{lines}: {lines} lines")


def test_an_exemption_holds_for_its_function_only(tmp_path):
    text = TOO_MUCH + TOO_MUCH.replace("settle", "refund")

    assert offences(tmp_path, "shop/a.py", text, {"shop/a.py:settle": "a table of seven columns"}) == [
        "shop/a.py:3: refund takes 7 parameters, over 6"
    ]


def test_an_exemption_that_nobody_needs_is_an_offence(tmp_path):
    assert offences(tmp_path, "shop/a.py", SHORT, {"shop/a.py:settle": "it was long once"}) == [
        "shop/a.py:1: shop/a.py:settle no longer needs its exemption"
    ]


def test_the_gate_ends_with_1_and_mentions_what_comes_near(tmp_path, capsys):
    (tmp_path / "near.py").write_text("pass\n" * 301)

    assert sizes.main(tmp_path) == 0
    assert capsys.readouterr().out == "note: near.py has 301 lines; aim for 300\n"

    (tmp_path / "misc.py").write_text("")

    assert sizes.main(tmp_path) == 1
