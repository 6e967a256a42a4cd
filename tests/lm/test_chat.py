"""llama.cpp as the reader meets it: answers in process, answers over HTTP, and nothing on stderr."""

import json
import subprocess
import sys
import urllib.error
import urllib.request

import pytest

from playbook import PlaybookError, lm

CAT = "Write a short story about a cat."


def post(url: str, **body) -> dict:
    request = urllib.request.Request(url, json.dumps(body).encode(), {"Content-Type": "application/json"})
    with urllib.request.urlopen(request, timeout=120) as answer:
        return json.load(answer)


def test_temperature_zero_always_answers_the_same():
    first = lm.generate(CAT, max_tokens=24)
    lm.generate("Something else in between.", max_tokens=4)
    assert lm.generate(CAT, max_tokens=24, seed=5) == first != ""


def test_above_zero_the_seed_decides():
    answers = [lm.generate(CAT, max_tokens=16, temperature=1.0, seed=seed) for seed in (1, 1, 2, 3)]
    assert answers[0] == answers[1]
    assert len(set(answers)) > 1


def test_the_answer_ends_before_the_first_stop_string():
    answer = lm.generate(CAT, max_tokens=24)
    word = answer.split()[4]
    expected = answer[: answer.index(word)]
    assert lm.generate(CAT, max_tokens=24, stop=[word]) == expected
    assert lm.generate(CAT, max_tokens=24, stop=word) == expected


def test_the_answer_has_max_tokens_at_most(smollm):
    assert len(lm.tokenize(smollm, lm.generate(CAT, max_tokens=7))) == 7


def test_a_system_prompt_changes_the_answer():
    assert lm.generate(CAT, system="You are a pirate.", max_tokens=16) != lm.generate(CAT, max_tokens=16)


def test_chinese_is_answered():
    assert lm.generate("你好,请介绍一下你自己。", max_tokens=8)


@pytest.mark.parametrize(
    ("prompt", "options", "sentence"),
    [
        (" \n", {}, "the prompt is empty"),
        ("x " * 9000, {}, r"request \(9031 tokens\) exceeds .*shorten it"),
        ("\ud800", {}, "not valid Unicode"),
        ("Hi", {"max_tokens": 0}, "max_tokens is 1 or more"),
        ("Hi", {"temperature": -1}, "temperature not below 0"),
    ],
)
def test_a_prompt_that_cannot_be_answered(prompt, options, sentence):
    with pytest.raises(PlaybookError, match=sentence):
        lm.generate(prompt, **options)


def test_the_server_answers_as_generate_does_and_stops():
    messages = [{"role": "user", "content": CAT}]
    with lm.serve(port=0) as server:
        assert server.url.startswith("http://127.0.0.1:")
        answer = post(f"{server.url}/v1/chat/completions", messages=messages, max_tokens=12, temperature=0)
        assert answer["choices"][0]["message"]["content"] == lm.generate(CAT, max_tokens=12)
        assert answer["model"] == "SmolLM2-135M-Instruct"
        with pytest.raises(PlaybookError, match=r"cannot listen on 127\.0\.0\.1:\d+ .*choose another port"):
            lm.serve(port=int(server.url.rsplit(":", 1)[1])).__enter__()
    with pytest.raises(urllib.error.URLError):
        post(f"{server.url}/v1/chat/completions", messages=messages)


def test_a_server_that_nobody_asks_stops_too():
    with lm.serve(port=0):
        pass


def test_an_unknown_host_is_one_sentence():
    with pytest.raises(PlaybookError, match=r"cannot listen on no\.such\.host\.invalid:0"):
        lm.serve("no.such.host.invalid", 0).__enter__()


def test_nothing_lands_on_stderr():
    program = "from playbook import lm; lm.generate('Hi', max_tokens=2)\nwith lm.serve(port=0): pass"
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert (done.stdout, done.stderr) == ("", "")
