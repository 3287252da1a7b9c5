"""The functions that `app/reactions.py` names: `handler(payload, now)`, run by the drain."""
