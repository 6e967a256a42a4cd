"""The founder's endpoint over real HTTP: one that answers, and ones that are down, slow or confused."""

import contextlib
import http.server
import json
import threading
import time

import pytest

from playbook.errors import PlaybookError
from playbook.security import endpoint
from playbook.security.prompts import attack

GOOD = {"choices": [{"message": {"content": "Hello."}, "finish_reason": "length"}]}


@pytest.fixture
def server():
    """A server whose answers a test sets: a list of (status, body, seconds to wait)."""
    script, seen = [], []

    class Handler(http.server.BaseHTTPRequestHandler):
        def do_POST(self):
            body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
            seen.append((self.path, body, self.headers.get("Authorization")))
            status, answer, wait = script.pop(0)
            time.sleep(wait)
            self.send_response(status)
            self.send_header("Retry-After", "0")
            self.end_headers()
            with contextlib.suppress(OSError):  # a client that gave up
                self.wfile.write(answer if isinstance(answer, bytes) else json.dumps(answer).encode())

        def log_message(self, *_):
            pass

    running = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=running.serve_forever, daemon=True).start()
    running.script, running.seen = script, seen
    running.url = f"http://127.0.0.1:{running.server_port}/v1"
    yield running
    running.shutdown()
    running.server_close()


ASK = ([{"role": "user", "content": "Hi"}], 8)


def test_it_asks_as_openais_clients_do(server, monkeypatch):
    monkeypatch.setenv("PLAYBOOK_KEY", "s3cret")
    server.script.append((200, GOOD, 0))
    reply = endpoint.connect(server.url + "/", model="m")(*ASK)
    assert (reply.text, reply.ended) == ("Hello.", False)
    path, body, key = server.seen[0]
    assert path == "/v1/chat/completions" and key == "Bearer s3cret"
    assert body == {"model": "m", "messages": ASK[0], "max_tokens": 8, "temperature": 0}


def test_a_limit_of_the_rate_is_waited_for(server):
    server.script.extend([(429, {}, 0), (503, {}, 0), (200, GOOD, 0)])
    assert endpoint.connect(server.url)(*ASK).text == "Hello."
    server.script.extend([(429, {}, 0)] * endpoint.TRIES)
    with pytest.raises(PlaybookError, match="limits the rate"):
        endpoint.connect(server.url)(*ASK)


@pytest.mark.parametrize(
    "status, body, says",
    [
        (401, {}, "refuses the key"),
        (500, b"<html>", "status 500"),
        (200, b"<html>", "OpenAI-compatible"),
        (200, {"choices": []}, "OpenAI-compatible"),
        (200, [], "OpenAI-compatible"),
        (200, b"x" * 1_000_001, "bytes"),
    ],
)
def test_an_answer_that_is_none_is_one_sentence_without_the_key(server, monkeypatch, status, body, says):
    monkeypatch.setenv("PLAYBOOK_KEY", "s3cret")
    server.script.append((status, body, 0))
    with pytest.raises(PlaybookError, match=says) as caught:
        endpoint.connect(server.url)(*ASK)
    assert "s3cret" not in str(caught.value) and "\n" not in str(caught.value)


def test_an_endpoint_that_is_slow_down_or_no_address_is_one_sentence(server):
    server.script.append((200, GOOD, 1))
    with pytest.raises(PlaybookError, match=r"no answer within 0\.2 s"):
        endpoint.connect(server.url, seconds=0.2)(*ASK)
    with pytest.raises(PlaybookError, match="is the server running"):
        endpoint.connect("http://127.0.0.1:9/v1")(*ASK)
    with pytest.raises(PlaybookError, match="is no endpoint"):
        endpoint.connect("file:///etc/passwd")


def test_waiting_is_bounded():
    assert endpoint._wait("3", 0) == 3 and endpoint._wait("9999", 0) == endpoint.LONGEST_WAIT
    assert endpoint._wait("Wed, 21 Oct", 2) == 4


def test_a_url_is_the_founders_and_without_one_smollm2_answers(server):
    server.script.append((200, GOOD, 0))
    with endpoint.service(server.url) as answer:
        assert answer(*ASK).text == "Hello."
    with endpoint.service() as answer:
        reply = answer([{"role": "user", "content": "Say hello."}], 4)
    assert reply.text


@pytest.mark.parametrize(
    "script, says",
    [
        ([(500, b"<html>", 0)], "status 500"),
        ([(429, {}, 0)] * endpoint.TRIES, "limits the rate"),
        ([(200, b"nonsense", 0)], "OpenAI-compatible"),
    ],
)
def test_the_suite_stops_at_an_endpoint_that_fails_with_its_one_sentence(server, script, says):
    server.script.extend(script)
    with endpoint.service(server.url) as answer, pytest.raises(PlaybookError, match=says):
        attack(answer, defended=False, every=2)
