"""Plans as short as they can be."""

from __future__ import annotations

import hashlib

from remote.plan import Plan, Price, Upload

FILL = "fal-ai/flux-pro/v1/fill"


def upload(data: bytes, field: str = "image_url") -> Upload:
    return Upload(field, "image", f"{field}.png", "image/png", data, hashlib.sha256(data).hexdigest())


def plan(*uploads: Upload, endpoint: str = FILL, price: float | None = 0.05, **arguments) -> Plan:
    payload = {"prompt": "a door", **arguments, **{one.field: one.placeholder for one in uploads}}
    return Plan(endpoint, endpoint, payload, uploads=uploads, price=Price(price))
