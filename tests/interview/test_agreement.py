"""The grader against answers labelled by hand: Cohen's kappa, printed to docs/grading.md."""

from collections import Counter

import pytest

from playbook.errors import PlaybookError
from playbook.interview import agreement
from playbook.interview.agreement import KINDS, PAGE, WANTED, kappa, labelled, page, write


@pytest.fixture(scope="module")
def found():
    return write()


def test_kappa_on_the_part_kept_aside(found):
    aside = [one for one in found if one.answer.aside]
    assert kappa(aside) >= WANTED
    for lang in ("en", "zh"):
        assert kappa([one for one in aside if one.answer.lang == lang]) >= WANTED
    # without the answers that are easy to refuse
    assert kappa([one for one in aside if one.answer.kind in KINDS[:3]]) >= WANTED


def test_the_page_says_what_was_measured(found):
    text = PAGE.read_text("utf-8")
    assert text == page(found)
    assert f"| {kappa([one for one in found if one.answer.aside]):.2f} |" in text


@pytest.mark.parametrize("kind", ["keyword-stuffed", "off-topic"])
def test_noise_earns_nothing(found, kind):
    assert not [(one.answer.id, one.point) for one in found if one.answer.kind == kind and one.by_rules]


def test_the_set_is_what_it_claims_to_be():
    answers = labelled()
    assert len(answers) >= 240 and len({one.question for one in answers}) >= 40
    assert len({one.id for one in answers}) == len(answers) == len({one.text for one in answers})
    counts = Counter((one.kind, one.lang) for one in answers)
    assert min(counts[kind, lang] for kind in KINDS for lang in ("en", "zh")) >= 15
    assert 0.25 < sum(one.aside for one in answers) / len(answers) < 0.42
    assert all(bool(one.met) == (one.kind in ("good", "partial")) for one in answers)


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        ("7", "cannot be read"),
        ("- id: a/1", "cannot be read"),
        ("- {id: data-cleaning-copies/1, lang: en, kind: good, met: [x], text: y}", "the rubric has no x"),
        ("- {id: data-none/1, lang: en, kind: good, met: [], text: y}", "has no question"),
    ],
)
def test_a_bad_set_is_said(small, tmp_path, text, fault):
    (tmp_path / "labelled.yaml").write_text(text)
    with pytest.raises(PlaybookError, match=fault):
        labelled(tmp_path / "labelled.yaml")


def test_a_grader_that_grants_everything_has_no_kappa(found):
    generous = [one.model_copy(update={"by_rules": True}) for one in found]
    assert (
        kappa(generous) == 0 and agreement.kappa([one for one in found if one.by_hand == one.by_rules]) == 1
    )
