"""Whatever happens to a submit, one POST, and nothing is paid twice."""

from __future__ import annotations

import time

import pytest

from remote import errors
from remote.jobs import Desk, submit

from .loopback import NGINX_PAGE, Loopback
from .plans import FILL, plan

LOST = {
    "cut before its body": {"kind": "cut-early"},
    "cut in its body": {"kind": "cut-mid"},
    "cut after it was taken": {"kind": "cut-late"},
    "half an answer": {"kind": "half"},
    "half of the JSON": {"kind": "bytes", "body": b'{"request_id": "r0000'},
    "a web page": {"kind": "bytes", "body": b"<html>hello</html>", "headers": {"Content-Type": "text/html"}},
    "no request id": {"kind": "bytes", "body": b"{}"},
    "garbled gzip": {"kind": "bytes", "body": b"no gzip", "headers": {"Content-Encoding": "gzip"}},
    "408": {"kind": "status", "status": 408, "body": b"{}"},
    "409": {"kind": "status", "status": 409, "body": b"{}"},
    "499": {"kind": "status", "status": 499, "body": {"detail": "client disconnected"}},
    "500": {"kind": "status", "status": 500, "body": {"detail": "internal", "error_type": "internal_error"}},
    "502 with a page": {"kind": "status", "status": 502, "body": NGINX_PAGE},
    "503": {"kind": "status", "status": 503, "body": NGINX_PAGE, "headers": {"x-fal-request-id": "abc"}},
    "504": {"kind": "status", "status": 504, "body": NGINX_PAGE},
    "a redirect": {"kind": "status", "status": 307, "headers": {"Location": "/queue/elsewhere"}},
}


@pytest.mark.parametrize("fault", LOST.values(), ids=LOST)
def test_a_lost_answer_is_one_post_and_an_unknown_outcome(server: Loopback, desk: Desk, fault):
    server.fault("submit", **fault)
    with pytest.raises(errors.UnknownOutcome) as caught:
        submit(plan(), desk)
    assert len(server.posts()) == 1
    entry = desk.journal.get(caught.value.job_id)
    assert (entry.state, entry.endpoint, entry.submitted) == ("unknown", FILL, None)
    assert caught.value.endpoint == FILL
    assert f"fal.resume({entry.id!r}).adopt(request_id)" in caught.value.fix
    with pytest.raises(errors.UnknownOutcome, match=entry.id) as repeated:
        submit(plan(), desk)
    assert caught.value.message in repeated.value.message
    assert len(server.posts()) == 1
    assert submit(plan(), desk, again=True).wait().raw["seed"]
    assert len(server.posts()) == 2


def test_a_slow_answer_is_one_post(server: Loopback, make_backend, desk: Desk):
    slow = Desk(make_backend(timeout_s=0.15), desk.storage, desk.journal)
    server.fault("submit", "slow", delay=1.0)
    with pytest.raises(errors.UnknownOutcome, match="ReadTimeout"):
        submit(plan(), slow)
    time.sleep(0.2)
    assert len(server.posts()) == 1


def test_an_answer_that_drips_is_one_post(server: Loopback, make_backend, desk: Desk):
    slow = Desk(make_backend(timeout_s=0.15), desk.storage, desk.journal)
    server.fault("submit", "drip", delay=0.02)
    began = time.monotonic()
    with pytest.raises(errors.UnknownOutcome, match="ReadTimeout"):
        submit(plan(), slow)
    assert time.monotonic() - began < 1
    assert len(server.posts()) == 1


@pytest.mark.parametrize(("header", "waits"), [("3", [3.0, 3.0]), (None, [1.0, 2.0]), ("soon", [1.0, 2.0])])
def test_a_429_is_waited_out_and_sent_again(server: Loopback, desk: Desk, pauses, header, waits):
    headers = {"Retry-After": header} if header else {}
    server.fault("submit", "status", status=429, body={"detail": "slow down"}, headers=headers, times=2)
    assert submit(plan(), desk).wait().request_id == "r000001"
    assert len(server.posts()) == 3
    assert pauses == waits
    assert len(server.jobs) == 1


def test_a_429_is_not_waited_out_for_ever(server: Loopback, desk: Desk, pauses):
    server.fault("submit", "status", status=429, body=b"{}", headers={"Retry-After": "50"}, times=20)
    with pytest.raises(errors.BudgetError, match="429") as caught:
        submit(plan(), desk)
    assert caught.value.status_code == 429
    assert pauses == [50.0, 50.0]
    assert len(server.posts()) == 3
    assert [entry.state for entry in desk.journal.entries()] == ["failed"]


def test_no_connection_at_all_is_tried_again_and_bills_nothing(monkeypatch, desk: Desk, server: Loopback):
    import fal_client.client

    monkeypatch.setattr(fal_client.client, "QUEUE_URL_FORMAT", "http://127.0.0.1:9/queue/")
    with pytest.raises(errors.TransferError, match="ConnectError"):
        submit(plan(), desk)
    assert [entry.state for entry in desk.journal.entries()] == ["failed"]
    assert not server.posts()


REFUSED = [
    (401, {"detail": "no"}, errors.AccessError),
    (402, {"detail": "pay"}, errors.BudgetError),
    (
        403,
        {"detail": "User is locked. Reason: Exhausted balance. Top up at fal.ai/dashboard/billing."},
        errors.BudgetError,
    ),
    (403, {"detail": "Not allowed"}, errors.AccessError),
    (404, {"detail": "Application not found"}, errors.UnknownEndpointError),
    (422, {"detail": [{"loc": ["body", "x"], "msg": "bad", "type": "t"}]}, errors.RejectedError),
]


@pytest.mark.parametrize(("status", "body", "kind"), REFUSED)
def test_a_refusal_is_final(server: Loopback, desk: Desk, status, body, kind):
    server.fault("submit", "status", status=status, body=body)
    with pytest.raises(kind) as caught:
        submit(plan(), desk)
    assert type(caught.value) is kind
    assert caught.value.status_code == status
    assert len(server.posts()) == 1
    assert [entry.state for entry in desk.journal.entries()] == ["failed"]
    assert submit(plan(), desk).wait().raw  # a refused job may be sent again without more ado


def test_an_answer_nested_too_deeply_leaves_the_outcome_unknown(server: Loopback, desk: Desk):
    server.fault("submit", "bytes", body=b"[" * 100_000)
    with pytest.raises(errors.UnknownOutcome):
        submit(plan(), desk)
    with pytest.raises(errors.UnknownOutcome):
        submit(plan(), desk)
    assert len(server.posts()) == 1
