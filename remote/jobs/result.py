"""What a job brought back, and where it came from."""

from __future__ import annotations

import hashlib
import json
import os
import time
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from preproc.files.write import write_file

from .. import catalog
from ..errors import BlockedError, DownloadError, NoPictureError, RemoteError
from ..wire.translate import clean
from .fetch import UNFETCHED, Fetcher
from .files import RemoteFile, encoded_for, find_files
from .look import Flags, is_nearly_black, may_be_blackened, oddities, sent_by_url

__all__ = ["Result"]


@dataclass(frozen=True, slots=True)
class Result:
    """A job's answer.

    Attributes
    ----------
    endpoint, request_id, job_id
        Where it came from; `request_id` is fal's, `job_id` the journal's.
    raw
        The answer as JSON values.
    files
        All files in it, by the field they came in: ``{"images": (RemoteFile, ...)}``.
    plan
        What was asked, as `Plan.to_json` has it.
    missing
        Which files could not be fetched when the job was done, and why; reading one tries again. Also, which pictures do
        not open here, though their bytes are kept, and how many fewer came than were asked for.
    oddities
        What came otherwise than was asked for: pictures of another size or format, or black all over.
    """

    endpoint: str
    request_id: str
    job_id: str
    raw: dict[str, Any] = field(repr=False)
    files: Mapping[str, tuple[RemoteFile, ...]]
    plan: dict[str, Any] = field(repr=False)
    missing: tuple[str, ...] = ()
    oddities: tuple[str, ...] = ()

    @classmethod
    def read(
        cls,
        raw: dict[str, Any],
        *,
        endpoint: str,
        request_id: str,
        job_id: str,
        plan: dict[str, Any],
        fetcher: Fetcher,
    ) -> Result:
        """Find the files in an answer, and bring them home."""
        said = raw.get("has_nsfw_concepts")
        blocked = said if isinstance(said, list) else [said]
        files = {name: tuple(find_files(value, blocked, fetcher)) for name, value in raw.items()}
        found = {
            name: tuple(replace(file, request_id=request_id) for file in some) for name, some in files.items() if some
        }
        missing = fetcher.bring_home(file for some in found.values() for file in some)
        found, odd = _looked_at(found, catalog.find(endpoint), plan, fetcher, flags=_flags(raw, blocked))
        result = cls(endpoint, request_id, job_id, raw, found, plan, missing, odd)
        asked, came = plan.get("payload", {}).get("num_images"), len(result.images)
        if isinstance(asked, int) and 0 < came < asked:
            return replace(result, missing=(*missing, f"asked for {asked} pictures, {came} came"))
        return result

    def check_pictures(self) -> None:
        """Refuse an answer without any picture, of an endpoint that promises some; the field's name may have changed.

        Raises
        ------
        NoPictureError
            With the answer in it.
        """
        if not self.lacks_pictures:
            return
        raise NoPictureError(
            f"{self.endpoint} is done and answered without a picture; its answer holds {', '.join(self.raw) or 'nothing'}",
            fix=f"fal.resume({self.job_id!r}).wait() asks fal for it again, and .entry.result has the answer as it came; "
            "again=True makes and pays a new job",
            endpoint=self.endpoint,
            request_id=self.request_id,
            body=clean(self.raw),
            error_type="no_picture",
        )

    @property
    def lacks_pictures(self) -> bool:
        """Whether the endpoint promises pictures, and the answer holds none."""
        spec = catalog.find(self.endpoint)
        promised = spec.pictures if spec else ()
        if spec is None or not promised or self.images or self.masks:
            return False
        # nothing was found, which is an answer
        return not (spec.group == "segment" and any(self.raw.get(name) == [] for name in promised))

    @property
    def is_unfetched(self) -> bool:
        """Whether a file could not be fetched so far."""
        return any(said.startswith(UNFETCHED) for said in self.missing)

    @property
    def images(self) -> tuple[RemoteFile, ...]:
        """The pictures: field ``images`` or ``image``, or whatever else holds pictures and is no mask."""
        for name in ("images", "image"):
            if name in self.files:
                return self.files[name]
        return tuple(
            file for name, some in self.files.items() if "mask" not in name for file in some if file.is_picture
        )

    @property
    def image(self) -> RemoteFile:
        """The first picture.

        Raises
        ------
        RemoteError
            If there is none.
        """
        if not self.images:
            names = ", ".join(self.raw) or "nothing at all"
            raise RemoteError(
                f"{self.endpoint} returned no picture; its answer holds {names}",
                fix="see result.raw",
                endpoint=self.endpoint,
                request_id=self.request_id,
            )
        return self.images[0]

    @property
    def masks(self) -> tuple[RemoteFile, ...]:
        """The masks, of all fields with ``mask`` in their name."""
        return tuple(file for name, some in self.files.items() if "mask" in name for file in some)

    @property
    def warnings(self) -> tuple[str, ...]:
        """What the plan warned about, what is `missing`, and the `oddities`."""
        return (*self.plan.get("warnings", ()), *self.missing, *self.oddities)

    def provenance(self) -> dict[str, Any]:
        """Return where this came from, as JSON values: endpoint, ids, arguments, hashes of what was sent, date. No key."""
        names = ("asked", "payload", "uploads", "price", "fingerprint")
        return clean(  # type: ignore[no-any-return]  # a dict stays one
            {
                "endpoint": self.endpoint,
                "request_id": self.request_id,
                "job_id": self.job_id,
                "saved": time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime()),
                **{name: self.plan[name] for name in names if name in self.plan},
                "warnings": list(self.warnings),
                **{name: self.raw[name] for name in ("seed", "has_nsfw_concepts") if name in self.raw},
            }
        )

    def save(self, path: str | os.PathLike[str], /, *, overwrite: bool = False) -> tuple[Path, ...]:
        """Write the pictures, and beside each a `.json` with its provenance.

        Parameters
        ----------
        path
            For one picture; with several, ``out.png`` becomes ``out-1.png``, ``out-2.png`` and so on.
        overwrite
            Replace files that are there.

        Returns
        -------
        tuple of Path
            The pictures that were written.

        Raises
        ------
        BlockedError
            If the safety filter blackened some; the others are written before.
        DownloadError
            If one could not be fetched, or does not open here and another format is asked for; the others are written before.
        """
        path = Path(path)
        images = self.images or (self.image,)
        paths = [path] if len(images) == 1 else [path.with_stem(f"{path.stem}-{n}") for n in range(1, len(images) + 1)]
        written: list[Path] = []
        refused: list[BlockedError] = []
        lost: list[DownloadError] = []
        for image, target in zip(images, paths, strict=True):
            try:
                data = encoded_for(target, image)
            except BlockedError as error:
                refused.append(error)
                continue
            except DownloadError as error:
                lost.append(error)
                continue
            write_file(data, target, overwrite=overwrite)
            self.save_provenance(target)
            written.append(target)
        if lost:
            if written:
                lost[0].message += f"; {len(written)} of {len(paths)} pictures are written"
            raise lost[0]
        if refused and written:
            names = ", ".join(target.name for target in paths if target not in written)
            raise BlockedError(
                f"the endpoint's safety filter blackened {names}; {len(written)} of {len(paths)} pictures are written",
                fix=refused[0].fix,
                endpoint=self.endpoint,
                request_id=self.request_id,
            )
        if refused:
            raise refused[0]
        return tuple(written)

    def save_provenance(self, path: str | os.PathLike[str], /) -> Path:
        """Write the provenance of a file that was made of this result beside it, as `NAME.json`, and return where.

        `save` does so by itself; this is for what was made further, such as a photo that an edit was pasted back into.
        """
        path = Path(path)
        record = {"file": path.name, "sha256": hashlib.sha256(path.read_bytes()).hexdigest(), **self.provenance()}
        sidecar = json.dumps(record, indent=2, ensure_ascii=False).encode()
        return write_file(sidecar, path.with_name(f"{path.name}.json"), overwrite=True)


def _looked_at(
    found: Mapping[str, tuple[RemoteFile, ...]],
    spec: catalog.Spec | None,
    plan: dict[str, Any],
    fetcher: Fetcher,
    *,
    flags: Flags,
) -> tuple[dict[str, tuple[RemoteFile, ...]], tuple[str, ...]]:
    """Block what a filter blackened without a word, and say what came otherwise than was asked for."""
    looked_at, odd = {}, []
    came = [fetcher.seen(file) for files in found.values() for file in files]
    doubtful = False
    if flags == "none" and any(seen is None or seen.is_black for seen in came):
        sent = [fetcher.at_hand(url) for url in sent_by_url(spec, plan.get("payload", {}))]
        plan = {**plan, "sends_black": plan.get("sends_black") or any(data and is_nearly_black(data) for data in sent)}
        doubtful = None in sent
    for name, files in found.items():
        blackened = may_be_blackened(spec, name, plan, flags=flags)
        doubted = [replace(file, may_be_blackened=blackened, is_doubtful=blackened and doubtful) for file in files]
        looked_at[name] = tuple(replace(file, blocked=file.blocked or file.is_blackened) for file in doubted)
        for file in looked_at[name]:
            if seen := fetcher.seen(file):
                odd += oddities(spec, name, plan, seen, is_blocked=file.blocked, is_doubtful=file.is_doubtful)
    if flags == "some" and not any(file.blocked for files in looked_at.values() for file in files):
        odd.append("the endpoint's safety filter struck, and it does not say which picture")
    return looked_at, tuple(dict.fromkeys(odd))


def _flags(raw: Mapping[str, Any], said: list[Any]) -> Flags:
    """Tell what an answer's flags are worth: they tell of each picture only where there is one for each."""
    pictures = raw.get("images")
    count = len(pictures) if isinstance(pictures, list) else 1
    if len(said) == count and all(isinstance(one, bool) for one in said):
        return "each"
    return "some" if any(one is True for one in said) else "none"
