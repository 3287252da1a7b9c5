"""Run an embedded part: `python app/embedded supervisor`, `python app/embedded mailcatcher --port …`.

Started by its path, so that these small processes load their own modules and not the whole application,
which `import app` would bring along.
"""

import runpy
import sys
import types
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent.parent


def main() -> None:
    """Run app.embedded.<first argument> as a program with the other arguments."""
    sys.path[0] = str(ROOT)
    package = types.ModuleType("app")
    package.__path__ = [str(ROOT / "app")]
    sys.modules["app"] = package
    name = sys.argv.pop(1)
    runpy.run_module(f"app.embedded.{name}", run_name="__main__")


if __name__ == "__main__":
    main()
