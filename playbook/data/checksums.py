"""Check digits of the numbers that people leave in texts: cards, accounts, resident IDs, company codes."""

from datetime import date

# Official weights: GB 11643 (resident ID) and GB 32100-2015 (unified social credit code: powers of 3 mod 31).
_RESIDENT_WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
_RESIDENT_CHECKS = "10X98765432"
_USCC_ALPHABET = "0123456789ABCDEFGHJKLMNPQRTUWXY"
_USCC_WEIGHTS = tuple(pow(3, place, 31) for place in range(17))
# First two digits: the province (GB/T 2260); 71, 81, 82 and 83: Taiwan, Hong Kong and Macao.
_PROVINCES = frozenset(
    str(code)
    for first, last in ((11, 15), (21, 23), (31, 37), (41, 46), (50, 54), (61, 65), (71, 71), (81, 83))
    for code in range(first, last + 1)
)


def luhn(digits: str) -> bool:
    """Tell whether the last of `digits` is the check digit of ISO/IEC 7812-1 annex B (bank cards).

    >>> luhn("4111111111111111"), luhn("4111111111111112")
    (True, False)
    """
    if not _all_digits(digits):
        return False
    doubled = (sum(divmod(2 * int(digit), 10)) for digit in digits[-2::-2])
    return (sum(map(int, digits[-1::-2])) + sum(doubled)) % 10 == 0


def iban(code: str) -> bool:
    """Tell whether an IBAN without spaces has its two check digits right (ISO 13616, ISO 7064 MOD 97-10).

    >>> iban("GB82WEST12345698765432"), iban("GB83WEST12345698765432")
    (True, False)
    """
    if len(code) < 5 or not (code.isascii() and code.isalnum()):
        return False
    return int("".join(str(int(letter, 36)) for letter in code[4:] + code[:4])) % 97 == 1


def resident_check(first17: str) -> str:
    """Give the 18th character of a Chinese resident ID (GB 11643, ISO 7064 MOD 11-2).

    >>> resident_check("11010519491231002")
    'X'
    """
    total = sum(weight * int(digit) for weight, digit in zip(_RESIDENT_WEIGHTS, first17, strict=True))
    return _RESIDENT_CHECKS[total % 11]


def resident_id(number: str) -> bool:
    """Tell whether 18 characters are a resident ID: province, a day that has been, check character.

    >>> resident_id("11010519491231002X"), resident_id("110105194912310021")
    (True, False)
    """
    if len(number) != 18 or not _all_digits(number[:17]):
        return False
    try:
        born = date(int(number[6:10]), int(number[10:12]), int(number[12:14]))
    except ValueError:
        return False
    lived = date(1900, 1, 1) <= born <= date.today()
    return lived and number[:2] in _PROVINCES and number[17].upper() == resident_check(number[:17])


def credit_code_check(first17: str) -> str:
    """Give the 18th character of a unified social credit code (统一社会信用代码, GB 32100-2015).

    >>> credit_code_check("91350100M000100Y4")
    '3'
    """
    values = map(_USCC_ALPHABET.index, first17)
    total = sum(weight * value for weight, value in zip(_USCC_WEIGHTS, values, strict=True))
    return _USCC_ALPHABET[-total % 31]


def credit_code(code: str) -> bool:
    """Tell whether 18 characters are a unified social credit code with the right check character.

    >>> credit_code("91350100M000100Y43"), credit_code("91350100M000100Y44")
    (True, False)
    """
    return len(code) == 18 and set(code) <= set(_USCC_ALPHABET) and code[17] == credit_code_check(code[:17])


def _all_digits(text: str) -> bool:
    # Python's int() takes digits of every script, these numbers only ours.
    return text.isascii() and text.isdigit()
