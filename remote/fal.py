"""fal: one call for each thing people want done with a photo."""

from __future__ import annotations

from .many import MapTasks
from .tasks.controlnet import ControlTasks
from .tasks.enhance import EnhanceTasks
from .tasks.inpaint import InpaintTasks
from .tasks.outpaint import OutpaintTasks
from .tasks.style import StyleTasks
from .tasks.transform import TransformTasks

__all__ = ["Fal"]


class Fal(InpaintTasks, OutpaintTasks, TransformTasks, ControlTasks, StyleTasks, EnhanceTasks, MapTasks):
    """fal, with every job planned before it is paid and paid for once.

    Parameters
    ----------
    backend
        ``"fal"``, ``"rehearsal"`` (no key, no network, stand-in pictures), or an object like `remote.wire.Backend`,
        such as a `remote.FalBackend` with options of its own.
    journal
        The SQLite file that jobs and uploads are written to. None: the user's own; for rehearsals, memory.
    limit_per_run, limit_per_day
        What may be spent, in US dollars, as far as prices are known: through this object, and on one day (UTC). Under a
        limit, a job whose price is unknown is refused unless it is submitted with `max_price`.
    inline_bytes
        Files up to this size travel inside the arguments and are not uploaded.
    keep_bytes
        Results are fetched as soon as a job is done, since fal keeps them for a limited time, and kept in a folder beside
        the journal: this many bytes of them, the oldest dropped first, 2 GiB unless stated. With 0, or a journal in
        memory, they stay in memory with their `Result`.
    max_file_bytes, max_pixels
        The largest file of a result that is fetched (256 MiB unless stated), and the largest picture that is opened
        (300 million pixels). One that is larger is named in `Result.missing`; ``Fal(max_pixels=…).resume(job_id).wait()``
        reads it, and nothing is paid again.
    pace
        How often running jobs are asked after.

    Notes
    -----
    An identical plan, to the last pixel and argument, is not paid for twice: while it runs or after it is done, the
    journal's job is used. ``again=True`` or another seed makes a new one. A job whose submit was answered by nobody is
    reported as `UnknownOutcome` and never sent again by itself.

    Examples
    --------
    >>> import numpy as np
    >>> fal = Fal(backend="rehearsal")
    >>> photo, mask = np.full((256, 256, 3), 90, np.uint8), np.zeros((256, 256), np.uint8)
    >>> mask[96:160, 96:160] = 255
    >>> done = fal.inpaint(photo, mask, prompt="a door")
    >>> done.image.shape, done.receipt.is_preserved
    ((256, 256, 3), True)
    >>> [(job.endpoint, job.state) for job in fal.jobs()]
    [('fal-ai/flux-pro/v1/fill', 'done')]
    """
