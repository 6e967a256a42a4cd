"""A number with one digit wrong is refused, whatever the digit: the law behind each check digit."""

import string
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from playbook.data import checksums

USCC = "0123456789ABCDEFGHJKLMNPQRTUWXY"


@given(
    st.text(string.digits, min_size=3, max_size=3),
    st.dates(date(1930, 1, 1), date(2019, 12, 31)),
)
def test_a_resident_id_with_one_slip_is_refused(serial, born):
    body = f"110105{born:%Y%m%d}{serial}"
    number = body + checksums.resident_check(body)
    assert checksums.resident_id(number) and checksums.resident_id(number.lower())
    for place in range(17):
        for digit in set(string.digits) - {number[place]}:
            assert not checksums.resident_id(number[:place] + digit + number[place + 1 :])
        swapped = number[:place] + number[place + 1] + number[place] + number[place + 2 :]
        assert swapped == number or not checksums.resident_id(swapped)
    assert sum(checksums.resident_id(body + check) for check in "0123456789X") == 1


def test_nobody_is_born_tomorrow_or_before_1900():
    for day in ("20990101", "18991231"):
        assert not checksums.resident_id(f"110105{day}002" + checksums.resident_check(f"110105{day}002"))


@given(st.text(USCC, min_size=9, max_size=9))
def test_a_credit_code_with_one_slip_is_refused(tail):
    body = "91110108" + tail
    code = body + checksums.credit_code_check(body)
    assert checksums.credit_code(code)
    for place in range(18):
        for letter in set(USCC) - {code[place]}:
            assert not checksums.credit_code(code[:place] + letter + code[place + 1 :])


@given(st.text(string.digits, min_size=11, max_size=18))
def test_a_card_with_one_slip_is_refused(body):
    number = next(body + digit for digit in string.digits if checksums.luhn(body + digit))
    for place, old in enumerate(number):
        for digit in set(string.digits) - {old}:
            assert not checksums.luhn(number[:place] + digit + number[place + 1 :])


@given(st.text(string.ascii_uppercase + string.digits, min_size=1, max_size=30))
def test_an_iban_with_one_slip_is_refused(account):
    rest = int("".join(str(int(letter, 36)) for letter in account + "GB00")) % 97
    code = f"GB{98 - rest:02}{account}"
    assert checksums.iban(code)
    for place in range(4, len(code)):
        for letter in set(string.digits) - {code[place]} if code[place].isdigit() else ():
            assert not checksums.iban(code[:place] + letter + code[place + 1 :])


@given(st.text(max_size=20))
@pytest.mark.parametrize("check", ["luhn", "iban", "resident_id", "credit_code"])
def test_anything_may_be_asked(check, text):
    assert getattr(checksums, check)(text) in (True, False)
