"""The record of a job that is ready: what goes where, what it costs, and what to know about it."""

from __future__ import annotations

import dataclasses
import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from preproc.geometry import Size

from ..errors import PlanError
from . import paths
from .encode import PLACEHOLDER, Placeholder, Upload
from .identity import fingerprint_as_written, fingerprint_of
from .price import Price

if TYPE_CHECKING:
    from preproc.edit import Edit

from preproc.notebook import lines_of, table_of

__all__ = ["Plan"]

_UNKNOWN = Price(None)
_HASH = re.compile(rf"{PLACEHOLDER}([0-9a-f]{{12}})[0-9a-f]{{52}}")


@dataclass(frozen=True, slots=True)
class Plan:
    """A job that is ready to be submitted.

    Parameters
    ----------
    endpoint
        The id it will be sent to.
    asked
        The id that was asked for; differs from `endpoint` where that one has a successor.
    payload
        The arguments as JSON values; uploads appear as `Upload.placeholder`.
    uploads
        The files to upload first, each content once.
    warnings
        What the caller should know: translated arguments, unknown polarity and the like.
    findings
        The checks' findings that do not forbid sending.
    price
        Expected price.
    output_size
        Expected size of the result; None where it cannot be told.
    expects
        Names of the result's fields, such as ``("images", "seed")``.
    defaults
        What the endpoint is known to take for the arguments left out; not sent.
    edit
        The `preproc.Edit` that finishes the result, if the plan was made from one.
    sends_black
        A photo that is sent is as good as black, so that a black result need not be a safety filter's.
    """

    endpoint: str
    asked: str
    payload: dict[str, Any] = dataclasses.field(hash=False)
    uploads: tuple[Upload, ...] = ()
    warnings: tuple[str, ...] = ()
    findings: tuple[object, ...] = dataclasses.field(default=(), compare=False)
    price: Price = _UNKNOWN
    output_size: Size | None = None
    expects: tuple[str, ...] = ()
    defaults: dict[str, Any] = dataclasses.field(default_factory=dict, compare=False)
    edit: Edit | None = dataclasses.field(default=None, compare=False, repr=False)
    sends_black: bool = dataclasses.field(default=False, compare=False)

    def fill(self, urls: Mapping[str, str]) -> dict[str, Any]:
        """Return the payload with the URLs in place.

        Parameters
        ----------
        urls
            From each upload's ``sha256`` to its URL.

        Raises
        ------
        KeyError
            If an upload's hash is missing.
        PlanError
            If the payload has no place for an upload any more, such as after a round trip through JSON.
        """
        places = set(_places(self.payload))
        lost = [upload.field for upload in self.uploads if upload.placeholder not in places]
        if lost:
            message = (
                f"the payload has no place for what is uploaded for {', '.join(lost)}: it was changed or read from text"
            )
            raise PlanError(message, fix="make the plan anew, with the pictures", endpoint=self.endpoint)
        known = {upload.placeholder: urls[upload.sha256] for upload in self.uploads}
        filled: dict[str, Any] = _replace(self.payload, known)
        return filled

    @property
    def fingerprint(self) -> str:
        """SHA-256 over endpoint and payload, without what the endpoint takes anyway; see `remote.plan.identity`.

        File contents count, not their names or URLs.
        """
        return fingerprint_of(self.endpoint, self.payload)

    @property
    def fingerprints(self) -> tuple[str, str]:
        """What a journal may know this job by: `fingerprint`, and the form that earlier versions wrote."""
        return self.fingerprint, fingerprint_as_written(self.endpoint, self.payload)

    def to_json(self) -> dict[str, Any]:
        """Return the plan as JSON values, without the files' bytes."""
        return {
            "endpoint": self.endpoint,
            "asked": self.asked,
            "payload": _replace(self.payload, {}),
            "uploads": [
                {
                    "field": upload.field,
                    "role": upload.role,
                    "file_name": upload.file_name,
                    "content_type": upload.content_type,
                    "bytes": upload.byte_count,
                    "sha256": upload.sha256,
                    "size": list(upload.size) if upload.size else None,
                }
                for upload in self.uploads
            ],
            "warnings": list(self.warnings),
            "findings": [_finding(finding) for finding in self.findings],
            "price": self.price.to_json(),
            "output_size": list(self.output_size) if self.output_size else None,
            "expects": list(self.expects),
            "defaults": paths.copy(self.defaults),
            "sends_black": self.sends_black,
            "fingerprint": self.fingerprint,
        }

    def _repr_html_(self) -> str:
        return table_of(self._words())

    def __str__(self) -> str:
        return lines_of(self._words())

    def _words(self) -> str:
        lines = [f"endpoint  {self.endpoint}"]
        if self.asked != self.endpoint:
            lines.append(f"asked     {self.asked}")
        lines.extend(f"argument  {name} = {_short(value)}" for name, value in self.payload.items())
        lines.extend(
            f"upload    {upload.field}: {upload.file_name}, {upload.byte_count:,} bytes, sha256 {upload.sha256[:12]}"
            for upload in self.uploads
        )
        left = [f"{name}={_short(value)}" for name, value in self.defaults.items() if value not in ("", [], False)]
        if left:
            lines.append(f"default   {', '.join(left)}")
        lines.append(
            f"result    {self.output_size or 'size unknown'}: {', '.join(self.expects) or 'as the endpoint answers'}"
        )
        lines.append(f"price     {self.price}")
        lines.extend(f"warning   {warning}" for warning in self.warnings)
        lines.extend(f"finding   {finding}" for finding in self.findings)
        return "\n".join(lines)


def _finding(finding: object) -> object:
    as_dict = getattr(finding, "to_dict", None)
    return as_dict() if callable(as_dict) else str(finding)


def _places(value: Any) -> Iterator[Placeholder]:
    """Yield the placeholders in JSON values."""
    if isinstance(value, Placeholder):
        yield value
    elif isinstance(value, (dict, list, tuple)):
        for item in value.values() if isinstance(value, dict) else value:
            yield from _places(item)


def _replace(value: Any, known: Mapping[Placeholder, str]) -> Any:
    """Copy JSON values, exchanging the placeholders in `known`; the others become plain texts."""
    if isinstance(value, dict):
        return {name: _replace(item, known) for name, item in value.items()}
    if isinstance(value, (list, tuple)):
        return [_replace(item, known) for item in value]
    return known.get(value, str(value)) if isinstance(value, Placeholder) else value


def _short(value: Any) -> str:
    text = _HASH.sub(r"upload:\1…", json.dumps(value, ensure_ascii=False))
    return text if len(text) <= 300 else f"{text[:299]}…"
