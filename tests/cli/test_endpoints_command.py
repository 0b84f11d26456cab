"""`endpoints`."""

import pytest

from remote import catalog
from remote.catalog import refresh

FILL = "fal-ai/flux-pro/v1/fill"


def test_the_list(run):
    listed = run("endpoints", "--group", "inpaint").text.splitlines()
    live = [spec for spec in catalog.endpoints("inpaint") if spec.live]
    assert [line.split()[0] for line in listed[1:]] == [spec.id for spec in live]
    assert len(run("endpoints").text.splitlines()) > 100
    assert [line["id"] for line in run("endpoints", "--group", "inpaint", "--json").lines] == [spec.id for spec in live]


def test_one_endpoint(run):
    described = run("endpoints", FILL).text
    assert "mask_url: white is edited" in described
    assert "prompt: string, required" in described
    assert "0.05 USD per megapixel" in described
    assert run("endpoints", FILL, "--json").json["id"] == FILL


def test_every_endpoint_can_be_described(run):
    from preproc.cli.endpoints import _described

    assert all(spec.id in _described(spec) for spec in catalog.endpoints())


def test_an_endpoint_nobody_knows(run):
    ended = run("endpoints", "fal-ai/flux-pro/v1/fil")
    assert ended.code == 3
    assert FILL in ended.err


def test_verify_says_what_differs(run, monkeypatch):
    monkeypatch.setattr(refresh, "fetch_schema", lambda _: None)
    ended = run("endpoints", FILL, "--verify")
    assert ended.code == 3
    assert "no longer published" in ended.text
    assert run("endpoints", FILL, "--verify", "--json").json["differences"]


def test_verify_without_network(run, monkeypatch):
    from remote.errors import DownloadError

    def fail(_):
        raise DownloadError("no route", host="fal.ai", fix="try again later")

    monkeypatch.setattr(refresh, "fetch_schema", fail)
    assert run("endpoints", FILL, "--verify").code == 5


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["--add"], "preproc endpoints --add ID"),
        ([FILL, "--add", "--group", "fill"], "known already"),
    ],
)
def test_what_add_needs(run, words, said):
    ended = run("endpoints", *words)
    assert ended.code == 2
    assert said in ended.err


def test_an_id_of_guides_is_explained(run):
    ended = run("endpoints", "fal-ai/real-esrgan")
    assert ended.code == 0
    assert "planned instead on fal-ai/esrgan" in ended.text
    assert "becomes    face_enhance: face" in ended.text
    assert run("endpoints", "fal-ai/real-esrgan", "--json").json["id"] == "fal-ai/esrgan"
    assert run("endpoints", "fal-ai/real-esrgam").code == 3
