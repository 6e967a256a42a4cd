"""Holds recognition against Faker's data, in sentences of its own, kind by kind."""

import random
import string
import uuid

import pandas as pd
import pytest

from playbook.data.privacy import Span, evaluate, find_pii

faker = pytest.importorskip("faker")

USCC = "0123456789ABCDEFGHJKLMNPQRTUWXY"
TARGETS = [
    "EMAIL_ADDRESS", "CREDIT_CARD", "IBAN_CODE", "IP_ADDRESS", "US_SSN",
    "CN_RESIDENT_ID", "CN_MOBILE", "CN_USCC",
]  # fmt: skip

# Personal data in upper case, decoys in lower case; no sentence is one of playbook/data/planted.py.
SENTENCES = """
Hi {NAME}, we moved your newsletter to {EMAIL} as you wished.
cc: {EMAIL}; bcc: {EMAIL}; ref {epoch}
My mail ({EMAIL}) stopped working after v{version}.
"{EMAIL}" replied on {clock}: thanks!
Contact={EMAIL},{IP},{decimal}
We could not charge {CARD}; please try another card.
Card no. {CARD} expires 04/31, amount {decimal} USD.
Visa/Mastercard: {CARD}. Tracking number {digits16}.
{NAME} paid {decimal} with {CARD} at {clock}.
The typing error {badcard} was meant to be {CARD}.
Transfer the deposit to {IBAN} within 14 days.
IBAN: {IBAN}; BIC: TESTGB2L; invoice {digits8}
Account {badiban} does not exist, {NAME} has {IBAN} now.
{IP} - - [{clock}] "POST /login" 401 {digits5}
Ban {IP} and {IP}, not 1.2.3.4.5 or {mac}.
The resolver at {IP} answered in {decimal} ms (build {version4}).
ping {IP}: firmware {version4}, serial {digits12}
{NAME}'s social security number: {SSN}.
W-2 lists {SSN} for {NAME}, zip {digits5}-{digits4}.
SSN {SSN} was typed twice; ISBN {isbn} once.
Nothing personal: {sha1}, {uuid4}, {version}, {isbn}.
Position {decimal} N {decimal} E, altitude {digits4} m, {clock}.
Order number {digits11} and order number {digits16} shipped.
Run {epoch} took {decimal} s on commit {sha1}.
{NAME} phoned about order #{digits18} on {clock}.
如需发票，请写信到{EMAIL}，我们三日内回复。
原邮箱{EMAIL}已停用，请改用{EMAIL}。
收货人：{ZHNAME}，{MOBILE}，订单编号{digits16}。
拨打{MOBILE}找{ZHNAME}，别打{digits5}。
短信已发至{MOBILE},验证码{digits6},{clock}过期
我的号码是{MOBILE}不是0{MOBILELIKE}8。
{ZHNAME}的身份证{RESIDENT}复印件已收到
公民身份号码：{RESIDENT}；签发日期{day}
旧证{badresident}有误，请以{RESIDENT}为准。
乘车人{ZHNAME}{RESIDENT}，车次G{digits4}，票价{decimal}元
供应商税号{TAX}，合同金额{decimal}元。
营业执照上的{TAX}与系统一致，批次号{digits12}。
委托方{TAX}、受托方{TAX}于{day}签约。
外币卡{CARD}消费{decimal}美元，{clock}。
境外收款账号{IBAN}，附言{digits8}。
该请求来自{IP}，耗时{decimal}毫秒。
管理员在{IP}上把系统升级到{version4}。
海外员工{NAME}的社保号为{SSN}。
无个人信息：{sha1}，{uuid4}，快递单号{digits12}，{day}。
时间戳{epoch}，经纬度{decimal},{decimal}，物料编号{digits11}。
统一编号{digits18}的设备{mac}已下线，版本{version4}。
""".strip().splitlines()


def resident_id(source: random.Random) -> str:
    # ISO 7064 MOD 11-2 in its recursive form, another way than the weights of the package.
    body = "330106" + f"{source.randint(1930, 2009)}{source.randint(1, 12):02}{source.randint(1, 28):02}"
    body += f"{source.randint(0, 999):03}"
    rest = 0
    for digit in body:
        rest = (rest + int(digit)) * 2 % 11
    return body + "0123456789X"[(12 - rest) % 11]


def credit_code(source: random.Random) -> str:
    body = source.choice(["91", "92", "12", "51"]) + "330106" + "".join(source.choices(USCC, k=9))
    total = sum(3**place * USCC.index(letter) for place, letter in enumerate(body))
    return body + next(letter for letter in USCC if (total + 3**30 * USCC.index(letter)) % 31 == 0)


def spoilt(number: str) -> str:
    return number[:-1] + str((int(number[-1]) + 3) % 10)


def wrong(number: str) -> str:
    return number[:17] + ("1" if number[17] != "1" else "2")


def spaced(number: str, source: random.Random) -> str:
    return number if source.random() < 0.6 else " ".join(number[i : i + 4] for i in range(0, len(number), 4))


def makers(seed: int):
    source = random.Random(seed)
    english, chinese = faker.Faker("en_US"), faker.Faker("zh_CN")
    english.seed_instance(seed)
    chinese.seed_instance(seed + 1)
    kinds = {
        "EMAIL": (
            "EMAIL_ADDRESS",
            lambda: source.choice([english.email, english.free_email, chinese.email])(),
        ),
        "CARD": ("CREDIT_CARD", english.credit_card_number),
        "IBAN": ("IBAN_CODE", lambda: spaced(english.iban(), source)),
        "IP": ("IP_ADDRESS", lambda: source.choice([english.ipv4, english.ipv4, english.ipv6])()),
        "SSN": ("US_SSN", english.ssn),
        "RESIDENT": ("CN_RESIDENT_ID", lambda: source.choice([chinese.ssn, lambda: resident_id(source)])()),
        "MOBILE": ("CN_MOBILE", chinese.phone_number),
        "TAX": ("CN_USCC", lambda: credit_code(source)),
    }
    others = {
        "NAME": english.name, "ZHNAME": chinese.name, "sha1": english.sha1,
        "uuid4": lambda: str(uuid.UUID(int=source.getrandbits(128))),
        "isbn": english.isbn13, "mac": english.mac_address,
        "clock": lambda: english.date_time().isoformat(sep=" "),
        "day": chinese.date, "epoch": lambda: str(source.randint(10**12, 2 * 10**12)),
        "decimal": lambda: f"{source.uniform(0, 20000):.{source.randint(1, 9)}f}",
        "version": lambda: ".".join(str(source.randint(0, 40)) for _ in range(3)),
        "version4": lambda: ".".join(str(source.randint(0, 40)) for _ in range(4)),
        "badcard": lambda: spoilt(english.credit_card_number("visa16")),
        "badiban": lambda: spoilt(english.iban()),
        "badresident": lambda: wrong(resident_id(source)),
        "MOBILELIKE": chinese.phone_number,
    }  # fmt: skip
    for count in (4, 5, 6, 8, 11, 12, 16, 18):
        others[f"digits{count}"] = lambda count=count: "".join(source.choices(string.digits, k=count))
    return kinds, others


def documents(count: int, seed: int) -> list[tuple[str, list[Span]]]:
    kinds, others = makers(seed)
    result = []
    for number in range(count):
        text, spans = "", []
        for before, name, _, _ in string.Formatter().parse(SENTENCES[number % len(SENTENCES)]):
            text += before
            if name in kinds:
                kind, make = kinds[name]
                value = make()
                spans.append(Span(len(text), len(text) + len(value), kind, 1.0))
                text += value
            elif name:
                text += others[name]()
        result.append((text, spans))
    return result


@pytest.fixture(scope="module")
def table() -> pd.DataFrame:
    assert len(SENTENCES) >= 40
    return evaluate(documents(2_300, seed=7))


@pytest.mark.parametrize("kind", TARGETS)
def test_each_kind_is_found_exactly_where_faker_put_it(table, kind):
    assert table.loc[kind, "planted"] >= 100
    assert table.loc[kind, "f1"] >= 0.97, table.loc[kind].to_dict()


def test_decoys_alone_are_nearly_never_taken_for_a_person():
    decoys = [(text, []) for text, spans in documents(2_300, seed=11) if not spans]
    found = sum(len(find_pii(text)) for text, _ in decoys)
    assert len(decoys) >= 400
    assert found <= 0.01 * len(decoys)
