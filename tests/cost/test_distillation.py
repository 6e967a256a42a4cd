"""Teacher and student meet on the same steps; alone, the student never asks."""

import numpy as np
import pytest

from playbook import PlaybookError, lm
from playbook.cost import distillation

TEXTS = [f"{who} sees the {where} near a {what}." for who in ("A cat", "The dog")
         for where in ("mat", "house") for what in ("tree", "river", "hill")] * 30  # fmt: skip


@pytest.fixture(scope="module")
def pair():
    tokenizer = lm.train_tokenizer(TEXTS, 280)
    ids = lm.encode(tokenizer, TEXTS)
    return lm.tiny(tokenizer, "0.3M"), lm.tiny(tokenizer, "0.3M", seed=7), ids


def test_alone_the_teacher_changes_nothing_together_it_does_and_both_stay_as_they_were(pair):
    student, teacher, ids = pair
    other = lm.tiny(student.tokenizer, "0.3M", seed=8)
    before = [weight.copy() for weight in student.backbone.get_weights()]
    alone = [distillation.distil(student, who, ids, steps=2, alone=1) for who in (teacher, other)]
    taught = distillation.distil(student, teacher, ids, steps=2, alone=0.5)
    assert teacher.backbone.trainable
    assert all(np.array_equal(x, y) for x, y in zip(before, student.backbone.get_weights(), strict=True))
    a, b, c = (model.backbone.get_weights() for model in (*alone, taught))
    assert all(np.allclose(x, y, atol=1e-6) for x, y in zip(a, b, strict=True))
    assert not all(np.allclose(x, y, atol=1e-6) for x, y in zip(a, c, strict=True))


def test_a_student_of_the_teacher_alone_comes_to_agree_with_it(pair):
    student, _, ids = pair
    teacher = lm.train(student, ids, tokens=40 * 512, batch=8, sequence=64, learning_rate=0.01).model
    taught = distillation.distil(student, teacher, ids, steps=30, alone=0)

    def apart(model):
        a, b = (lm.logits(one, ids[:60]).astype(float) for one in (teacher, model))
        p, q = (np.exp(x) / np.exp(x).sum(-1, keepdims=True) for x in (a, b))
        return (p * np.log(p / q)).sum(-1).mean()

    assert apart(taught) < 0.5 * apart(student)


def test_bad_pairs_and_texts_are_refused_in_one_sentence(pair):
    student, teacher, ids = pair
    stranger = lm.tiny(lm.train_tokenizer(TEXTS, 270), "0.3M")
    with pytest.raises(PlaybookError, match="different vocabularies"):
        distillation.distil(student, stranger, ids, steps=1)
    with pytest.raises(PlaybookError, match="from 0"):
        distillation.distil(student, teacher, ids, steps=1, alone=1.5)
    with pytest.raises(PlaybookError, match="over 65 token ids"):
        distillation.distil(student, teacher, ids[:60], steps=1)


def test_lessons_count_the_teacher_s_work_and_compare_with_the_student_alone(pair):
    student, _, ids = pair
    teacher = lm.tiny(student.tokenizer, "1M")
    table = distillation.lessons(teacher, student, ids, ids, tokens=5_000, steps=1)
    assert list(table.index) == ["teacher", "alone", "distilled"]
    assert table.loc["alone", ["rise", "low", "high"]].tolist() == [0, 0, 0]
    n, larger = student.parameters, teacher.parameters
    assert table["operations"].tolist() == [6 * larger * 5_000, 6 * n * 512, (6 * n + 2 * larger) * 512]
