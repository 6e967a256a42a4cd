"""The cell after the declarations lets pass what fits and stops the run at what does not."""

import pytest

from playbook.course import record
from playbook.course.parameters import parameters
from playbook.errors import PlaybookError

DECLARED = 'profile: str = "quick"  # {quick, full} minutes\nrate: float = 0.5  # [0, 1] a share'
CALL = "playbook.parameters('data', globals())"


def namespace(*between: str, **values: object) -> dict:
    return {"In": ["", DECLARED, *between, CALL], "profile": "quick", "rate": 0.5} | values


def test_it_shows_the_values_and_begins_a_scorecard(capsys):
    record.current.figures["data.cleaning.old"] = None
    there = namespace("# Parameters\nrate = 1", rate=1)
    parameters("data", there)
    assert capsys.readouterr().out.splitlines()[2] == "rate       1.0    [0, 1] a share"
    assert there["rate"] == 1.0 and isinstance(there["rate"], float)
    assert record.current.chapter == "data" and not record.current.figures
    assert record.current.parameters == {"profile": "quick", "rate": 1.0}


@pytest.mark.parametrize(
    ("there", "fault"),
    [
        (namespace("rte = 1", rte=1), "no parameter 'rte': did you mean rate"),
        (namespace(rate="high"), "rate is 'high', and has to be a number from 0 to 1"),
        (namespace(rate=1.5), "rate is 1.5"),
        (namespace(profile="slow"), "one of quick, full"),
        ({"In": ["", CALL]}, "No cell with parameters"),
        ({}, "No cell with parameters"),
    ],
)
def test_what_does_not_fit_is_refused(there, fault):
    with pytest.raises(PlaybookError, match=fault):
        parameters("data", there)


def test_names_set_later_in_a_session_are_not_taken_for_parameters():
    parameters("data", namespace(CALL, "x = 3", x=3))


def test_the_last_declaration_counts():
    there = namespace()
    there["In"] = ["", DECLARED, CALL, DECLARED.replace("[0, 1]", "[0, 9]"), CALL]
    parameters("data", there | {"rate": 5.0})
