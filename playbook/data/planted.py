"""Writes invented texts with personal data at known places, and numbers beside it that only look like it."""

import random
import string
from collections.abc import Callable

from playbook.data.checksums import credit_code_check, luhn, resident_check
from playbook.data.privacy import Span
from playbook.errors import PlaybookError

_USCC_LETTERS = "0123456789ABCDEFGHJKLMNPQRTUWXY"
_GIVEN = ("Mirabel", "Osgood", "Tindra", "Halvard", "Quenby", "Ysolde", "Barnaby", "Perpetua")
_FAMILY = ("Ashgrove", "Fenwickle", "Marlowick", "Thistledown", "Underhay", "Wexcombe")
_CHINESE = ("梅若溪", "高望舒", "祝云帆", "方知行", "安如山", "苗青禾", "顾北辰", "易水寒")
_DOMAINS = ("example.com", "mail.example.org", "example.net")

# In braces: upper case is personal data of that kind, lower case a number that is not.
TEMPLATES = (
    "Write to {EMAIL_ADDRESS} before order {order} is packed.",
    "{PERSON} asked us to delete {EMAIL_ADDRESS} from every list.",
    "From: {PERSON} <{EMAIL_ADDRESS}>; Message-Id {sha}; sent {timestamp}.",
    "Two addresses bounced: {EMAIL_ADDRESS}, {EMAIL_ADDRESS}. Release {version} retries.",
    "The card {CREDIT_CARD} was charged {price} on {date}.",
    "Refund to {CREDIT_CARD}, not to {badcard}: the second number is a typing error.",
    "Receipt {order}: paid by card ({CREDIT_CARD}), exp 09/29.",
    "Please wire {price} to {IBAN_CODE} by {date}.",
    "Old IBAN {badiban} was refused; the bank confirmed {IBAN_CODE}.",
    "Salary account of {PERSON}: {IBAN_CODE}. Reference {order}.",
    "Login from {IP_ADDRESS} at {timestamp}, client version {version}.",
    "Host {IP_ADDRESS} (MAC {mac}) downloaded {sha}.",
    'GET /v1/items/{order} from {IP_ADDRESS} - "agent/{version}" 200',
    "Block {IP_ADDRESS}; it tried {EMAIL_ADDRESS} forty times.",
    "Her SSN is {US_SSN}, as form {order} shows.",
    "{PERSON}, social security number {US_SSN}, born {date}.",
    "Payroll: {US_SSN}; {price} a month; part no. {part}.",
    "Call {PHONE_NUMBER} or write to {EMAIL_ADDRESS}.",
    "{PERSON} can be reached at {PHONE_NUMBER} until {date}.",
    "The passport {CN_PASSPORT} of {PERSON} expires on {date}.",
    "Commit {sha} fixes {order}; see ISBN {isbn} and version {version}.",
    "Sensor at {coordinates}, checksum {md5}, build {version}.",
    "The batch of {date} holds {order} rows and costs {price}.",
    "Ticket {uuid} was closed at {timestamp}.",
    "请联系{EMAIL_ADDRESS}办理退款，订单号{order}。",
    "{PERSON_ZH}的邮箱是{EMAIL_ADDRESS}，手机是{CN_MOBILE}。",
    "客户{PERSON_ZH}（{CN_MOBILE}）于{date}下单，金额{price}元。",
    "快递单号{order}，收件人电话{CN_MOBILE}请提前联系。",
    "紧急联系人手机号：{CN_MOBILE}，备用{CN_MOBILE}。",
    "用户{CN_MOBILE}在{timestamp}登录，版本{version}。",
    "身份证号{CN_RESIDENT_ID}，姓名{PERSON_ZH}，有效期至{date}。",
    "实名认证：{PERSON_ZH}{CN_RESIDENT_ID}已通过。",
    "证件号{badresident}校验失败，更正为{CN_RESIDENT_ID}。",
    "请核对{CN_RESIDENT_ID}与手机{CN_MOBILE}是否一致。",
    "开户行尾号变更，新卡号{CN_BANK_CARD}，旧卡{badcard}作废。",
    "工资打到{CN_BANK_CARD}（{PERSON_ZH}），共{price}元。",
    "信用卡{CREDIT_CARD}于{date}还款{price}元。",
    "统一社会信用代码{CN_USCC}，注册于{date}。",
    "开票单位税号：{CN_USCC}，流水号{order}。",
    "甲方（{CN_USCC}）法定代表人{PERSON_ZH}，电话{CN_MOBILE}。",
    "服务器{IP_ADDRESS}在{timestamp}重启，固件{version}。",
    "异常访问来自{IP_ADDRESS}，账号{EMAIL_ADDRESS}已冻结。",
    "护照号码{CN_PASSPORT}，持有人{PERSON_ZH}。",
    "外籍员工社会安全号{US_SSN}，汇款账户{IBAN_CODE}。",
    "仓库坐标{coordinates}，批次{order}，书号{isbn}。",
    "文件哈希{md5}，提交{sha}，构建{version}。",
    "设备{mac}上报数值{longnumber}，时间戳{epoch}。",
)


def plant(n: int, seed: int = 0) -> list[tuple[str, list[Span]]]:
    """Give `n` invented texts, half English and half Chinese, each with the spans of what is personal in it.

    Domains, IP addresses and 555 numbers are reserved for examples, birth years lie before 1911, and the
    rest is drawn at random with valid check digits. Kinds are those of `find_pii`, and PERSON. Every
    number has a decoy near it: orders, versions, times, hashes, ISBNs, MAC addresses, coordinates, and
    identifiers whose check digit is wrong. The same `n` and `seed` give the same texts.

    >>> text, spans = plant(24, seed=1)[23]
    >>> text.startswith("Ticket"), spans
    (True, [])
    """
    if n < 1:
        raise PlaybookError(f"plant(n={n}) plants nothing: ask for at least one text.")
    source = random.Random(seed)
    return [_fill(TEMPLATES[number % len(TEMPLATES)], source) for number in range(n)]


def _fill(template: str, source: random.Random) -> tuple[str, list[Span]]:
    text, spans = "", []
    for before, name, _, _ in string.Formatter().parse(template):
        text += before
        if name:
            value = _MAKERS[name](source)
            if name.isupper():
                spans.append(Span(len(text), len(text) + len(value), name.removesuffix("_ZH"), 1.0))
            text += value
    return text, spans


def _digits(source: random.Random, count: int) -> str:
    return "".join(source.choices(string.digits, k=count))


def _hexadecimal(source: random.Random, count: int) -> str:
    return "".join(source.choices("0123456789abcdef", k=count))


def _with_luhn(source: random.Random, prefix: str, length: int) -> str:
    body = prefix + _digits(source, length - len(prefix) - 1)
    number = next(body + digit for digit in string.digits if luhn(body + digit))
    separator = source.choice(("", "", " ", "-"))
    return separator.join(number[start : start + 4] for start in range(0, length, 4))


def _broken(number: str) -> str:
    # Another last digit: the one thing that tells a typing error from a number.
    last = number[-1]
    return number[:-1] + (str((int(last) + 1) % 10) if last.isdigit() else "0")


def _iban(source: random.Random) -> str:
    country, bank, count = source.choice(
        (("DE", "", 18), ("GB", "TEST", 14), ("FR", "", 23), ("NL", "TEST", 10))
    )
    account = bank + _digits(source, count)
    number = int("".join(str(int(letter, 36)) for letter in account + country + "00"))
    code = f"{country}{98 - number % 97:02}{account}"
    separator = source.choice(("", " "))
    return separator.join(code[start : start + 4] for start in range(0, len(code), 4))


def _resident(source: random.Random) -> str:
    province = source.choice(("110105", "310101", "440106", "510104", "620102"))
    born = f"{source.randint(1901, 1910)}{source.randint(1, 12):02}{source.randint(1, 28):02}"
    body = province + born + _digits(source, 3)
    return body + resident_check(body)


def _credit_code(source: random.Random) -> str:
    body = "91" + source.choice(("110108", "440300", "330100")) + "".join(source.choices(_USCC_LETTERS, k=9))
    return body + credit_code_check(body)


def _mobile(source: random.Random) -> str:
    first, middle, last = (
        source.choice(("138", "159", "177", "186", "199")),
        _digits(source, 4),
        _digits(source, 4),
    )
    return source.choice(("", "", "+86 ")) + source.choice(("", "", " ", "-")).join((first, middle, last))


def _ip(source: random.Random) -> str:
    four = f"{source.choice(('192.0.2', '198.51.100', '203.0.113'))}.{source.randint(1, 254)}"
    return source.choice((four, four, f"2001:db8::{_hexadecimal(source, 4)}:{source.randint(1, 9)}"))


_MAKERS: dict[str, Callable[[random.Random], str]] = {
    "PERSON": lambda s: f"{s.choice(_GIVEN)} {s.choice(_FAMILY)}",
    "PERSON_ZH": lambda s: s.choice(_CHINESE),
    "EMAIL_ADDRESS": lambda s: f"{s.choice(_GIVEN).lower()}.{s.randint(1, 99)}@{s.choice(_DOMAINS)}",
    "CREDIT_CARD": lambda s: _with_luhn(s, s.choice(("4000", "5100", "2221", "6011")), 16),
    "CN_BANK_CARD": lambda s: _with_luhn(s, s.choice(("6222", "6217", "6228")), s.choice((16, 19))),
    "IBAN_CODE": _iban,
    "IP_ADDRESS": _ip,
    "US_SSN": lambda s: f"{s.randint(1, 665):03}-{s.randint(1, 99):02}-{s.randint(1, 9999):04}",
    "PHONE_NUMBER": lambda s: f"{s.choice(('(202) ', '+1 202-', '202-'))}555-01{_digits(s, 2)}",
    "CN_RESIDENT_ID": _resident,
    "CN_MOBILE": _mobile,
    "CN_USCC": _credit_code,
    "CN_PASSPORT": lambda s: s.choice((f"E{_digits(s, 8)}", f"EH{_digits(s, 7)}")),
    "order": lambda s: _digits(s, s.choice((6, 8, 10, 11, 12, 16, 18))),
    "version": lambda s: ".".join(str(s.randint(0, 30)) for _ in range(s.choice((3, 4)))),
    "timestamp": lambda s: (
        f"2026-0{s.randint(1, 9)}-1{s.randint(0, 9)}T{s.randint(10, 23)}:{s.randint(10, 59)}:09Z"
    ),
    "epoch": lambda s: f"17{_digits(s, 11)}",
    "date": lambda s: f"202{s.randint(0, 6)}-0{s.randint(1, 9)}-{s.randint(10, 28)}",
    "price": lambda s: f"{s.randint(1, 99999)}.{s.randint(10, 99)}",
    "sha": lambda s: _hexadecimal(s, 40),
    "md5": lambda s: _hexadecimal(s, 32),
    "isbn": lambda s: f"978-7-{_digits(s, 3)}-{_digits(s, 5)}-{_digits(s, 1)}",
    "mac": lambda s: ":".join(_hexadecimal(s, 2) for _ in range(6)),
    "uuid": lambda s: "-".join(_hexadecimal(s, count) for count in (8, 4, 4, 4, 12)),
    "coordinates": lambda s: f"{s.uniform(-90, 90):.7f}, {s.uniform(-180, 180):.7f}",
    "part": lambda s: f"{_digits(s, 4)}-{_digits(s, 3)}-{_digits(s, 2)}",
    "longnumber": lambda s: f"{s.randint(1, 9)}138{_digits(s, 20)}",
    "badcard": lambda s: _broken(_with_luhn(s, "4000", 16)),
    "badiban": lambda s: _broken(_iban(s)),
    "badresident": lambda s: _broken(_resident(s)),
}
