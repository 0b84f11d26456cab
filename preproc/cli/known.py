"""Words that the shell completes, though others are taken too: types of maps, ids of endpoints."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, TypeAlias

from cyclopts import Parameter

from .products import MAPS

if TYPE_CHECKING:
    from cyclopts.completion import CompletionContext

__all__ = ["EndpointId", "MapType", "OptionalEndpointId", "OptionalMapType"]


def _ids(_context: CompletionContext) -> list[tuple[str, str]]:
    """Return the endpoints that can be run, with what each is for."""
    from remote import catalog

    return [(spec.id, spec.group.replace("_", " ")) for spec in catalog.endpoints() if spec.live]


_OF_MAPS, _OF_ENDPOINTS = Parameter(choices=sorted(MAPS)), Parameter(completer=_ids)

MapType: TypeAlias = Annotated[str, _OF_MAPS]
OptionalMapType: TypeAlias = Annotated[str | None, _OF_MAPS]
EndpointId: TypeAlias = Annotated[str, _OF_ENDPOINTS]
OptionalEndpointId: TypeAlias = Annotated[str | None, _OF_ENDPOINTS]
