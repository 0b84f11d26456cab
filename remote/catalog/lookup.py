"""What is known of fal's endpoints, as data: `catalog.json`, read when first asked for.

Each fact carries where it comes from and when it was seen; what nobody documents is unknown here, never guessed. The
file is kept by `python -m remote.catalog.refresh`, which compares it with what fal publishes today.
"""

from __future__ import annotations

import difflib
import re
from functools import cache
from importlib import resources
from pathlib import Path

import msgspec
import platformdirs

from preproc.geometry import SizeRule

from ..errors import PlanError
from .alias import Alias
from .facts import Group, Spec
from .field import Field
from .file import CatalogFile, read_file, read_spec, without_circles

__all__ = [
    "Alias",
    "Field",
    "Group",
    "Spec",
    "checked",
    "endpoint",
    "endpoints",
    "find",
    "guide",
    "is_own",
    "max_input_bytes",
    "max_side",
    "nearest",
    "nested",
    "presets",
    "reload",
    "rule",
    "unknown",
    "unpublished",
    "user_file",
]


@cache
def _file() -> CatalogFile:
    return read_file(resources.files("remote.catalog").joinpath("catalog.json").read_bytes())


@cache
def _user_file() -> CatalogFile:
    path = user_file()
    if not path.is_file():
        return CatalogFile({})
    try:
        file = read_file(path.read_bytes())
        for raw in file.endpoints.values():
            read_spec(raw)
    except (OSError, msgspec.MsgspecError) as error:
        raise PlanError(
            f"your own endpoints in {path} cannot be read: {error}", fix="mend or remove that file"
        ) from error
    return msgspec.structs.replace(file, types=without_circles(file.types))


def user_file() -> Path:
    """Return the file of endpoints the user added, in the same form; it need not exist."""
    return platformdirs.user_data_path("fal-preproc") / "endpoints.json"


@cache
def _spec(endpoint_id: str) -> Spec | None:
    raw = _file().endpoints.get(endpoint_id)
    if raw is not None:
        return msgspec.structs.replace(read_spec(raw), id=endpoint_id, checked=checked())
    raw = _user_file().endpoints.get(endpoint_id)
    if raw is None:
        return None
    own = read_spec(raw)
    return msgspec.structs.replace(own, id=endpoint_id, checked=own.last_seen)


def is_own(endpoint_id: str, /) -> bool:
    """Tell whether an endpoint is one that the user added."""
    return endpoint_id in _user_file().endpoints and endpoint_id not in _file().endpoints


def find(endpoint_id: str, /) -> Spec | None:
    """Return what is known of an endpoint, or None."""
    return _spec(endpoint_id)


def endpoint(endpoint_id: str, /) -> Spec:
    """Return what is known of an endpoint.

    Parameters
    ----------
    endpoint_id
        Its id, exactly as fal writes it.

    Raises
    ------
    PlanError
        If it is not in the catalog; the nearest ids are named.

    Examples
    --------
    >>> fill = endpoint("fal-ai/flux-pro/v1/fill")
    >>> fill.mask.field, fill.mask.white_is_edit, fill.fields["output_format"].enum
    ('mask_url', True, ('jpeg', 'png'))
    >>> endpoint("fal-ai/flux-pro/v1/fil")
    Traceback (most recent call last):
        ...
    remote.errors.PlanError: 'fal-ai/flux-pro/v1/fil' is not an endpoint of the catalog
    Fix: perhaps fal-ai/flux-pro/v1/fill, fal-ai/flux-pro/v1/erase or fal-ai/flux-pro/v1/fill-finetuned; resolve="verbatim" sends it as it is written
    """
    spec = _spec(endpoint_id)
    if spec is None:
        raise unknown(endpoint_id)
    return spec


def unknown(endpoint_id: str) -> PlanError:
    """Say that an id is not in the catalog, and which come nearest."""
    perhaps = f"perhaps {_alternatives(endpoint_id)}" if _is_like_one(endpoint_id) else "catalog.endpoints() lists all"
    return PlanError(
        f"{endpoint_id!r} is not an endpoint of the catalog",
        endpoint=endpoint_id,
        fix=f'{perhaps}; resolve="verbatim" sends it as it is written',
    )


def _is_like_one(endpoint_id: str) -> bool:
    """Tell whether an id has a word in common with the nearest one, or is spelt much like it."""
    asked, [near] = endpoint_id.strip().lower(), nearest(endpoint_id, count=1)
    words = set(re.findall("[a-z0-9]{3,}", asked)) - {"fal"}
    return any(word in near.lower() for word in words) or bool(difflib.get_close_matches(asked, [near.lower()]))


def unpublished(endpoint_id: str) -> PlanError:
    """Say that fal publishes no endpoint of an id, and which come nearest."""
    return PlanError(
        f"fal publishes no endpoint {endpoint_id!r}",
        endpoint=endpoint_id,
        fix=f"copy the id from the endpoint's page at fal; perhaps it is {_alternatives(endpoint_id)}",
    )


def _alternatives(endpoint_id: str) -> str:
    *others, last = nearest(endpoint_id)
    return f"{', '.join(others)} or {last}" if others else last


def nearest(endpoint_id: str, /, *, count: int = 3) -> tuple[str, ...]:
    """Return the published ids that look most like this one, or succeed ids of guides that do.

    Examples
    --------
    >>> nearest("fal-ai/birefnet-v2", count=2)
    ('fal-ai/birefnet/v2', 'fal-ai/birefnet')
    >>> nearest("fal-ai/rem-bg", count=1)
    ('fal-ai/imageutils/rembg',)
    """
    stands_for = {spec.id: spec.id for spec in endpoints() if spec.live}
    for name, alias in guide().items():
        if alias.successor is not None:
            stands_for.setdefault(name, alias.successor)
    small = {name.lower(): target for name, target in stands_for.items()}
    found = difflib.get_close_matches(endpoint_id.strip().lower(), small, n=2 * count + 1, cutoff=0.0)
    return tuple(dict.fromkeys(small[name] for name in found))[:count]


@cache
def endpoints(group: Group | None = None) -> tuple[Spec, ...]:
    """Return all endpoints, or those of one group; gone ones too, see `Spec.live`.

    Examples
    --------
    >>> len(endpoints()), [spec.id for spec in endpoints("outpaint")][:2]
    (139, ['fal-ai/flux-2-pro/outpaint', 'fal-ai/bria/expand'])
    """
    ids = (*_file().endpoints, *(name for name in _user_file().endpoints if name not in _file().endpoints))
    return tuple(spec for spec in map(endpoint, ids) if group is None or spec.group == group)


def rule(endpoint_id: str, /) -> SizeRule:
    """Return the limits an endpoint puts on pictures.

    Examples
    --------
    >>> rule("fal-ai/fast-sdxl/inpainting").step, rule("fal-ai/flux-pro/v1/fill").cell
    (32, 16)
    """
    return endpoint(endpoint_id).rule


def reload() -> None:
    """Forget what was read, so that a changed file of the user's is seen."""
    for cached in (_file, _user_file, _spec, endpoints):
        cached.cache_clear()


def guide() -> dict[str, Alias]:
    """Return the ids people know from guides, with what each is today."""
    return _file().guide


def nested(name: str) -> dict[str, Field]:
    """Return the fields of a nested type, such as ``"ControlNetUnion"``."""
    types = _file().types
    return types[name] if name in types else _user_file().types[name]


def presets() -> dict[str, tuple[int, int]]:
    """Return what the names of `image_size` mean, as width and height."""
    return _file().presets


def max_side() -> int:
    """Return the longest side fal takes or makes, in pixels."""
    return _file().max_side


def max_input_bytes() -> int:
    """Return the largest file fal fetches, in bytes."""
    return _file().max_input_bytes


def checked() -> str:
    """Return when the catalog was last compared with what fal publishes, as year and month."""
    return _file().checked
