"""The parts that are small Python processes on a loopback port: the mail catcher and the Stripe stand-in."""

import os
import signal
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from app.embedded import runtime
from app.embedded.errors import EmbeddedError
from app.embedded.places import Places, last_lines, private_dir
from app.embedded.processes import command_line, end, reap, spawn, wait_until

START_SECONDS = 30.0
DEFAULT_PORT = 8000
DEMO_WEBHOOK_SECRET = "whsec_demonstration"
LAUNCHER = Path(__file__).parent  # its __main__.py runs a part without loading the whole application


@dataclass(frozen=True, slots=True)
class Service:
    """One such part: its module, the option that names its data folder, and the scheme of its address."""

    name: str
    module: str
    data_option: str
    scheme: str
    options: Callable[[Places], list[str]] = lambda places: []

    def data(self, places: Places) -> Path:
        """The folder that holds what the part keeps."""
        return places.instance / self.name

    def start(self, instance_dir: str | Path) -> str:
        """Start the part, or find it running, and return its URL. Raises EmbeddedError."""
        places = Places.of(instance_dir)
        with places.locked(self.name):
            if not self._alive(places):
                self._launch(places)
            return self._url(places)

    def stop(self, instance_dir: str | Path) -> bool:
        """Stop the part; False when it was not running."""
        places = Places.of(instance_dir)
        with places.locked(self.name):
            pid = self._pid(places)
            return bool(pid) and end(pid, str(self.data(places)), first=signal.SIGTERM, seconds=5)

    def running(self, instance_dir: str | Path) -> bool:
        """Whether the part listens now."""
        reap()
        return self._alive(Places.of(instance_dir))

    def address(self, instance_dir: str | Path) -> str:
        """The part's URL, whether it runs or not; its port is chosen now if it never ran."""
        places = Places.of(instance_dir)
        with places.locked(self.name):
            if self._port_name not in runtime.read(places):
                runtime.choose_port(places, self._port_name)
            return self._url(places)

    def _url(self, places: Places) -> str:
        return f"{self.scheme}://{runtime.HOST}:{runtime.read(places)[self._port_name]}"

    @property
    def _port_name(self) -> str:
        return f"{self.name}_port"

    def _pid(self, places: Places) -> int:
        return int(runtime.read(places).get(f"{self.name}_pid", 0))

    def _alive(self, places: Places) -> bool:
        """Whether the noted process is ours and the noted port answers: a stranger may have either by now."""
        noted = runtime.read(places)
        running = command_line(self._pid(places))
        ours = all(word in running for word in (str(self.data(places)), *self.options(places)))
        return ours and self._port_name in noted and runtime.answers(noted[self._port_name])

    def _launch(self, places: Places) -> None:
        data = private_dir(self.data(places))
        end(self._pid(places), str(data), first=signal.SIGTERM, seconds=2)  # one that hangs gives way
        port = runtime.choose_port(places, self._port_name)
        argv = [sys.executable, str(LAUNCHER), self.module, "--port", str(port), self.data_option, str(data)]
        log = places.open_log(self.name)
        process = spawn([*argv, *self.options(places)], log=log, cwd=places.instance, env=dict(os.environ))
        runtime.note(places, **{f"{self.name}_pid": process.pid})
        wait_until(lambda: process.poll() is not None or runtime.answers(port), START_SECONDS)
        if process.poll() is not None or not runtime.answers(port):
            raise EmbeddedError(f"The part “{self.name}” does not start; the end of {log}:\n{last_lines(log)}")


def _webhook_options(places: Places) -> list[str]:
    """Where the stand-in tells what happened: the instance's own site."""
    noted = runtime.read(places)
    url = f"http://{runtime.HOST}:{noted.get('web_port', DEFAULT_PORT)}/webhooks/stripe"
    return ["--webhook-url", url, "--webhook-secret", noted.get("webhook_secret", DEMO_WEBHOOK_SECRET)]


MAIL = Service(name="mail", module="mailcatcher", data_option="--maildir", scheme="smtp")
STRIPE = Service(name="stripe", module="stripe_standin", data_option="--data", scheme="http", options=_webhook_options)
