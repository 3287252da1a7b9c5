"""The process: HTTP on loopback, the courier of webhooks, and a sweep of sessions whose time has come."""

import logging
import socket
import threading
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

from werkzeug.exceptions import HTTPException
from werkzeug.routing import Map, Rule
from werkzeug.serving import BaseWSGIServer, WSGIRequestHandler, make_server
from werkzeug.wrappers import Request, Response

from . import api, checkout, control, deliveries, onboarding, sessions
from .deliveries import Courier
from .pages import from_here, render, stylesheet, words_for
from .store import Store
from .wire import ApiError, public

log = logging.getLogger("stripe-standin")
PAGES = Map(
    [
        Rule("/c/pay/<session_id>", methods=["GET"], endpoint=checkout.show),
        Rule("/c/pay/<session_id>", methods=["POST"], endpoint=checkout.pay),
        Rule("/c/pay/<session_id>/3ds", methods=["GET"], endpoint=checkout.show_3ds),
        Rule("/c/pay/<session_id>/3ds", methods=["POST"], endpoint=checkout.answer_3ds),
        Rule("/c/pay/<session_id>/transfer", methods=["GET"], endpoint=checkout.show_transfer),
        Rule("/c/pay/<session_id>/transfer", methods=["POST"], endpoint=checkout.send_transfer),
        Rule("/setup/<token>", methods=["GET"], endpoint=onboarding.show),
        Rule("/setup/<token>", methods=["POST"], endpoint=onboarding.answer),
        Rule("/_control", methods=["GET"], endpoint=control.page),
        Rule("/_control/deliveries", methods=["GET"], endpoint=control.listing),
        Rule("/_control/<path:name>", methods=["POST"], endpoint=control.act),
    ]
)


class StandIn:
    """The WSGI application."""

    def __init__(self, store: Store) -> None:
        self.store = store

    def __call__(self, environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
        request = Request(environ)
        request.max_content_length = 1_000_000
        return self.reply(request)(environ, start_response)

    def reply(self, request: Request) -> Response:
        try:
            if request.path.startswith("/v1/") or request.path.startswith("/v2/"):
                return api.answer(self.store, request)
            return self.page(request)
        except HTTPException as error:
            return self.refuse(request, ApiError(error.description or error.name, status=error.code or 400))
        except Exception:
            log.exception("%s %s", request.method, request.path)
            return self.refuse(
                request, ApiError("The stand-in failed; its log says why.", status=500, kind="api_error")
            )

    def page(self, request: Request) -> Response:
        if request.path == "/healthz":
            return Response("ok", content_type="text/plain")
        if request.path == "/standin.css":
            return stylesheet(request)
        if not from_here(request):
            return Response("This address answers to its own pages on this machine only.", 403)
        view, ids = PAGES.bind("").match(request.path, request.method)
        try:
            with self.store.transaction():
                answer: Response = view(self.store, request, **ids)
        except ApiError as error:
            return self.refuse(request, error)
        return answer

    def refuse(self, request: Request, error: ApiError) -> Response:
        """In JSON for the controls, as a page for a person."""
        if request.path.startswith(("/_control/", "/v1/", "/v2/")) and not request.form.get("page"):
            return control.reply(public(error.body), error.status)
        return render(
            "problem.html", words_for(request), status=error.status, message=str(error), missing=error.status == 404
        )


class QuietHandler(WSGIRequestHandler):
    """One short line a request, at debug level: the launcher's terminal is for people."""

    def log(self, type: str, message: str, *args: Any) -> None:
        log.debug(message, *args)


class Sweeper(threading.Thread):
    """Expires Checkout Sessions, once a second."""

    def __init__(self, store: Store) -> None:
        super().__init__(name="sweeper", daemon=True)
        self.store = store
        self.stopping = threading.Event()

    def run(self) -> None:
        while not self.stopping.wait(1):
            try:
                sessions.sweep(self.store)
            except Exception:
                log.exception("sessions could not be swept")


class Service:
    """Everything that runs in the process, and how it stops."""

    def __init__(self, port: int, folder: Path, retry_seconds: float, host: str = "127.0.0.1") -> None:
        self.socket = socket.create_server((host, port))
        self.store = Store(folder)
        self.http: BaseWSGIServer = make_server(
            host, port, StandIn(self.store), threaded=True, request_handler=QuietHandler, fd=self.socket.fileno()
        )
        self.port = int(self.socket.getsockname()[1])
        self.courier = Courier(self.store, retry_seconds)
        self.sweeper = Sweeper(self.store)

    def webhook(self, url: str | None, secret: str | None) -> None:
        """Where events go from now on; without an address what was set before stays."""
        if url:
            self.store.set("webhook_url", url)
        if secret:
            self.store.set("webhook_secret", secret)

    def run(self) -> None:
        """Serve until `stop`."""
        deliveries.hurry(self.store)
        self.courier.start()
        self.sweeper.start()
        self.http.serve_forever()
        self.courier.stop()
        self.sweeper.stopping.set()
        self.courier.join(2)
        self.http.server_close()
        self.store.close()

    def stop(self) -> None:
        """From another thread or a signal handler."""
        threading.Thread(target=self.http.shutdown, daemon=True).start()
