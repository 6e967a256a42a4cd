"""What is denied and what is not."""

import pytest

from playbook.interview.negation import denied
from playbook.interview.sentences import normal


def asked(text, word, lang):
    folded = normal(text)
    start = folded.index(word)
    return denied(folded, (start, start + len(word)), lang)


@pytest.mark.parametrize(
    ("text", "word"),
    [
        ("You should not simply drop rows with gaps.", "drop"),
        ("Never store the key beside the data.", "key"),
        ("We don't need differential privacy here.", "privacy"),
        ("MinHash is not needed for that.", "minhash"),
        ("I would avoid pickle files.", "pickle"),
        ("Train without encryption.", "encryption"),
        ("Use safetensors instead of pickle.", "pickle"),
        ("Gradients are no secret, and AES should not be used.", "aes"),
    ],
)
def test_denied(text, word):
    assert asked(text, word, "en")


@pytest.mark.parametrize(
    ("text", "word"),
    [
        ("Never forget to encrypt the weights.", "encrypt"),
        ("It is not a guess, but evidence.", "evidence"),
        ("Do not trust the bucket: compare exactly.", "compare"),
        ("Not only MinHash, also Jaccard.", "minhash"),
        ("There is no doubt that encryption helps.", "encryption"),
        ("Use safetensors instead of pickle.", "safetensors"),
        ("If you do not look, the chains eat the corpus.", "chains"),
        ("No more than 5 epochs help.", "epochs"),
    ],
)
def test_affirmed(text, word):
    assert not asked(text, word, "en")


@pytest.mark.parametrize(
    ("text", "word"),
    [
        ("不要把密钥和密文放在一起", "放在一起"),
        ("不能直接删掉有缺失的行", "删掉"),
        ("这里没必要用差分隐私", "差分隐私"),
        ("差分隐私在这里没有必要", "差分隐私"),
        ("避免使用 pickle", "pickle"),
        ("未加密的权重", "加密"),
        ("别删数据", "删"),
    ],
)
def test_denied_in_chinese(text, word):
    assert asked(text, word, "zh")


@pytest.mark.parametrize(
    ("text", "word"),
    [
        ("不得不加密权重", "加密"),
        ("不是猜测，而是证据", "证据"),
        ("不仅要加密，还要签名", "加密"),
        ("不同的阈值给出不同的召回率", "召回率"),
        ("不验证就发布会出事", "发布"),
        ("无论如何都要加密", "加密"),
        ("识别出个人信息", "个人信息"),
        ("不要忘记加密", "加密"),
    ],
)
def test_affirmed_in_chinese(text, word):
    assert not asked(text, word, "zh")


def test_a_negation_inside_a_phrase_that_was_asked_for_does_not_count():
    text = "exact matching is not enough for a corpus"
    phrase = (text.index("not"), text.index("enough") + 6)
    assert denied(text, (0, 5), "en") and not denied(text, (0, 5), "en", [phrase])
