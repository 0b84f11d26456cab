"""Compare the catalog with what fal publishes today, and bring it up to date.

::

    python -m remote.catalog.refresh                            # all endpoints: say what differs
    python -m remote.catalog.refresh fal-ai/flux-pro/v1/fill    # one
    python -m remote.catalog.refresh --write                    # and write the differences into the catalog

The schemas are public, no key is needed. Facts that no schema holds (polarity, prices, who makes a control map) stay
as they are.
"""

from __future__ import annotations

import sys
from collections.abc import Callable
from datetime import UTC, datetime
from importlib import resources
from pathlib import Path
from typing import Any, TypeAlias

import msgspec

from ..errors import DownloadError, PlanError, TransferError
from . import lookup
from .facts import Group, Spec
from .file import CatalogFile, read_file, read_spec, render, write
from .revise import added, compare, update

__all__ = ["Fetch", "add", "fetch_schema", "main"]

SCHEMA_URL = "https://fal.ai/api/openapi/queue/openapi.json"

Fetch: TypeAlias = Callable[[str], dict[str, Any] | None]
"""From an endpoint's id to its published schema; None where fal publishes none."""


def fetch_schema(endpoint_id: str, /) -> dict[str, Any] | None:
    """Fetch the published schema of an endpoint; None where there is none (404, or an empty answer).

    Raises
    ------
    DownloadError
        If fal could not be asked.
    """
    import httpx

    from ..wire.way import unreached, way_out

    try:
        with way_out(DownloadError):
            answer = httpx.get(SCHEMA_URL, params={"endpoint_id": endpoint_id}, timeout=30, follow_redirects=True)
    except httpx.HTTPError as error:
        raise _unfetched(endpoint_id, unreached(error, DownloadError)) from error
    except DownloadError as error:
        raise _unfetched(endpoint_id, error) from None
    if answer.status_code == httpx.codes.NOT_FOUND:
        return None
    if answer.status_code != httpx.codes.OK:
        raise _unfetched(endpoint_id, f"fal.ai answered {answer.status_code}")
    try:
        schema = answer.json()
    except (ValueError, RecursionError) as error:
        kind = answer.headers.get("content-type", "").partition(";")[0] or "something"
        raise _unfetched(endpoint_id, f"fal.ai answered {kind} that is no JSON; is there a proxy between?") from error
    if schema and not isinstance(schema, dict):
        raise _unfetched(endpoint_id, f"fal.ai answered a {type(schema).__name__}, which is no schema")
    return schema or None


def _unfetched(endpoint_id: str, why: str | TransferError) -> DownloadError:
    by_settings = isinstance(why, TransferError) and why.by_settings
    fix = why.fix if isinstance(why, TransferError) else "try again later"
    return DownloadError(
        f"the schema of {endpoint_id} could not be fetched: {why if isinstance(why, str) else why.message}",
        endpoint=endpoint_id,
        host="fal.ai",
        fix=f"{fix}; without it the catalog stays as it is",
        by_settings=by_settings,
    )


def add(
    endpoint_id: str,
    /,
    *,
    group: Group | None = None,
    fetch: Fetch = fetch_schema,
    path: Path | None = None,
    today: str | None = None,
) -> Spec:
    """Take an endpoint that the catalog does not have into the user's own, or what fal publishes of it now.

    Parameters
    ----------
    endpoint_id
        Its id.
    group
        What it is for; None: what is known of it already, else what its arguments say.
    fetch
        Where its schema comes from.
    path
        The user's file; `remote.catalog.user_file` by default.
    today
        The date, as ``YYYY-MM-DD``; today by default.

    Raises
    ------
    PlanError
        If fal publishes no endpoint of that id.
    DownloadError
        If fal could not be asked, or what it answers is no schema.
    """
    document = fetch(endpoint_id)
    if document is None:
        raise lookup.unpublished(endpoint_id)
    target = path or lookup.user_file()
    held = _read(target) if target.is_file() else CatalogFile({})
    day = today or _today()
    try:
        if group is None and endpoint_id in held.endpoints:
            group = read_spec(held.endpoints[endpoint_id]).group
        if group is None:
            plain = added(held, document, endpoint_id, group=_PLAIN, today=day)
            group = _purpose(read_spec(plain.endpoints[endpoint_id]))
        file = added(held, document, endpoint_id, group=group, today=day)
        read_spec(read_file(render(file).encode()).endpoints[endpoint_id])  # what could not be read is not written
        write(file, target)
    except (ValueError, msgspec.MsgspecError) as error:
        raise _unfetched(endpoint_id, str(error)) from error
    lookup.reload()
    return msgspec.structs.replace(read_spec(_read(target).endpoints[endpoint_id]), id=endpoint_id, checked=day)


_PLAIN: Group = "image_to_image"


def _purpose(spec: Spec) -> Group:
    """Return the group that an endpoint's arguments speak for."""
    if spec.mask is not None:
        return "inpaint"
    if any(name.startswith(("control", "easycontrol")) for name in spec.fields):
        return "controlnet"
    return "upscale" if {"scale", "upscale_factor"} & set(spec.fields) else _PLAIN


def _read(path: Path) -> CatalogFile:
    return read_file(path.read_bytes())


def _today() -> str:
    return datetime.now(UTC).date().isoformat()


def main(
    arguments: list[str], *, fetch: Fetch = fetch_schema, path: Path | None = None, today: str | None = None
) -> int:
    """Compare, say what differs, and with ``--write`` bring the file up to date.

    Returns
    -------
    int
        0 where nothing differs or all was written, 2 for an id the catalog does not have, 3 where something differs,
        5 where fal could not be asked.
    """
    ids = [name for name in arguments if name != "--write"] or [spec.id for spec in lookup.endpoints()]
    target = path or Path(str(resources.files("remote.catalog").joinpath("catalog.json")))
    changes, failed = [], 0
    for name in ids:
        try:
            change = compare(lookup.endpoint(name), fetch(name))
        except PlanError as error:
            sys.stderr.write(f"{error}\n")
            return 2
        except (DownloadError, ValueError) as error:
            failed += 1
            sys.stderr.write(f"{name}: {error}\n")
            continue
        changes.append(change)
        for line in change.differences:
            sys.stdout.write(f"{name}: {line}\n")
    if "--write" in arguments:
        write(update(_read(target), changes, today=today or _today()), target)
        lookup.reload()
    differ = any(change.differences for change in changes)
    return 5 if failed else 3 if differ and "--write" not in arguments else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
