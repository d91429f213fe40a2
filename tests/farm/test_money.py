import pytest
from hypothesis import given
from hypothesis import strategies as st

from farm.money import NotMoney, fen, yuan

pytestmark = pytest.mark.once("sums on paper")


@given(st.integers(min_value=-(10**12), max_value=10**12))
def test_fen_survive_the_way_to_yuan_and_back(amount):
    assert fen(yuan(amount)) == amount


@pytest.mark.parametrize("text", ["", "1.001", "12,00", "NaN", "Infinity", "1e-3", 12.0, None, "¥5"])
def test_what_is_no_amount_is_refused(text):
    with pytest.raises(NotMoney):
        fen(text)
