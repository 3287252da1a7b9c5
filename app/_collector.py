"""Garbage collection rests while the application is read: nothing read is garbage, and looking takes its time."""

from __future__ import annotations

import gc

gc.disable()


def resume() -> None:
    """Collect again, and never look at what was read so far: it stays for the life of the process."""
    gc.freeze()
    gc.enable()
