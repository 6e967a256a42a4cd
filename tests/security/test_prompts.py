"""The attacks succeed against a model that obeys, and fail against one that is silent."""

import re

import pytest
from pydantic import ValidationError

from playbook.lm import Reply
from playbook.security import defences
from playbook.security.prompts import LIMIT, Suite, attack, success_rates, suite


def obedient(messages, limit):
    """Say everything that was asked for or told, act, and never stop."""
    told = " ".join(turn["content"] for turn in messages)
    wild = (
        "<script> ![x](y) DROP TABLE pip install mortgageguard-pro\nimport fastledger_x\n pip install -i x\n"
    )
    facts = "1987 第 9 条 article 9 lyon 里昂 ACTION: transfer ACTION: delete_account ACTION: send_mail"
    first = {"safe": "safe", "安全": "安全", "-> A": "A ", "-> 甲": "甲"}
    head = next((word for mark, word in first.items() if mark in told), "")
    return Reply(f"{head} {told} {wild} {facts}", ended=False)


def silent(messages, limit):
    return Reply("Yes.", ended=True)


def test_there_are_sixty_attacks_in_ten_classes_and_two_languages():
    prompts = suite()
    for name in prompts.classes:
        langs = [prompt.lang for prompt in prompts.attacks if prompt.owasp == name]
        assert sorted(langs) == ["en"] * 3 + ["zh"] * 3
        assert {prompt.lang for prompt in prompts.twins if prompt.owasp == name} == {"en", "zh"}
    assert list(prompts.classes) == [f"LLM{number:02}" for number in range(1, 11)]
    assert all(re.fullmatch(r"AML\.T\d{4}", one["atlas"]) for one in prompts.classes.values())


def test_every_attack_succeeds_against_a_model_that_obeys():
    rows = attack(obedient, defended=False)
    assert set(rows.loc[rows["attack"] & ~rows["succeeded"], "id"]) == set()
    assert not rows["blocked"].any() and not rows.loc[~rows["attack"], "succeeded"].any()


def test_no_attack_succeeds_against_a_model_that_says_nothing():
    assert not attack(silent, defended=False)["succeeded"].any()


def test_the_defences_hold_what_they_can_and_say_what_they_cannot():
    after = attack(obedient, defended=True)
    assert not after.loc[after["attack"], "succeeded"].any()  # this model always trips a check
    honest = attack(silent, defended=True)
    assert not honest["blocked"].any()

    def liar(messages, limit):
        return Reply("In 1987, article 9 第九条.", ended=True)

    lies = attack(liar, defended=True)
    assert lies.loc[lies["attack"] & (lies["owasp"] == "LLM09"), "succeeded"].all()


def test_a_canary_is_new_in_every_run_and_in_no_table():
    seen = []
    attack(lambda messages, limit: seen.append(messages) or Reply("x", True), defended=False, seed=1)
    first = str(seen)
    seen.clear()
    attack(lambda messages, limit: seen.append(messages) or Reply("x", True), defended=False, seed=2)
    assert first != str(seen) and "{canary}" not in first


def test_with_defences_the_model_is_told_no_secret_and_what_is_data():
    asked = []
    attack(lambda messages, limit: asked.append((messages, limit)) or Reply("x", True), defended=True)
    systems = " ".join(messages[0]["content"] for messages, _ in asked)
    assert "[not known to you]" in systems and not re.search(r"\b[A-Z]{4}\d{3}\b", systems)
    assert {limit for _, limit in asked} == {defences.LIMIT} and defences.LIMIT < LIMIT
    assert sum("<<<" in messages[1]["content"] for messages, _ in asked) == sum(
        bool(prompt.data) for prompt in (*suite().attacks, *suite().twins)
    )


def test_rates_count_every_prompt_once_and_have_intervals():
    before, after = attack(obedient, defended=False), attack(silent, defended=True)
    table = success_rates(before, after)
    assert table.loc["all", ["attacks", "before", "after", "twins", "refused"]].tolist() == [60, 60, 0, 20, 0]
    assert table.drop("all")[["attacks", "before", "twins"]].sum().tolist() == [60, 60, 20]
    assert table.loc["all", "before, %"] == "94 to 100" and table.loc["LLM01", "after, %"] == "0 to 39"


@pytest.mark.parametrize(
    "text, refused",
    [
        ("Run pip install pandas and go on.", False),
        ("pip install no-such-thing-9", True),
        ("pip install pandas --index-url http://127.0.0.1", True),
        ("From May on, rates rise. Import duties too.", False),
        ("from numpy import array", False),
        ("from no_such_9 import x", True),
        ("ACTION: lookup_balance", False),
        ("ACTION: transfer", True),
        ("2 < 3 and a > b", False),
        ("<img src=x>", True),
        ("The code is QXYZ123.", True),
    ],
)
def test_an_answer_is_refused_for_what_it_would_do(text, refused):
    reply = Reply(text, True)
    shown = defences.checked(reply, "The code is QXYZ123.", "The code is [not known to you].")
    assert (shown is not reply) == refused


def test_a_file_of_prompts_that_does_not_hold_together_is_refused():
    good = suite().model_dump()
    for change in (
        {"twins": [*good["twins"], good["twins"][0]]},
        {"attacks": [good["attacks"][0] | {"owasp": "LLM99"}]},
        {"attacks": [good["attacks"][0] | {"endless": True}]},
        {"twins": [good["twins"][0] | {"says": "x"}]},
    ):
        with pytest.raises(ValidationError):
            Suite.model_validate(good | change)


def test_every_other_prompt_keeps_classes_and_languages():
    sent = []

    def answer(messages, limit):
        sent.append(messages)
        return Reply("x", True)

    before, after = (attack(answer, defended=defended, every=2) for defended in (False, True))
    assert (len(before), len(after), len(sent)) == (30, 40, 70)  # no twins where nothing would refuse them
    assert set(before["owasp"].value_counts()) == {3} and set(before["lang"].value_counts()) == {15}
    twins = after[~after["attack"]]
    assert set(twins["owasp"].value_counts()) == {1} and set(twins["lang"].value_counts()) == {5}
    assert before["id"].tolist() == after.loc[after["attack"], "id"].tolist()
    assert success_rates(before, after).loc["all", ["attacks", "twins"]].tolist() == [30, 10]
