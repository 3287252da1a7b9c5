"""Run an embedded part: `python app/embedded supervisor`, `python app/embedded mailcatcher --port …`.

Started by its path, so that these small processes load their own modules and not the whole application,
which `import app` would bring along.
"""

import importlib
import sys
import types
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent.parent


def main() -> None:
    """Import app.embedded.<first argument> and call its main with the other arguments."""
    sys.path[0] = str(ROOT)
    package = types.ModuleType("app")
    package.__path__ = [str(ROOT / "app")]
    sys.modules["app"] = package
    importlib.import_module(f"app.embedded.{sys.argv[1]}").main(sys.argv[2:])


if __name__ == "__main__":
    main()
