"""Photos drawn anew in a process of its own, with limits: see `child` and `process`."""
