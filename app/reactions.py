"""What happens when: each signal and the handlers it wakes. Data only; one outbox row per handler is written.

A handler is named `module:function` below `workers/handlers/`.
"""

from __future__ import annotations

REACTIONS: dict[str, tuple[str, ...]] = {}
