"""What the embedded parts say when they cannot start."""


class EmbeddedError(RuntimeError):
    """One sentence for the person at the terminal: what failed and what to do."""
