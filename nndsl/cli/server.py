"""The server of `nndsl watch`.

Starlette answers and uvicorn listens: the extra `nndsl[watch]`. It listens on the loopback address
only, and answers nobody who does not know the token in the address, or comes by another name.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import secrets
import socket
import sys
import threading
from collections.abc import AsyncIterator
from importlib import import_module
from pathlib import Path
from typing import Any

from nndsl.cli import views
from nndsl.cli.files import FileProblem
from nndsl.cli.output import told_of_bug
from nndsl.cli.status import CLEAN
from nndsl.cli.watch import changes

_HOST = "127.0.0.1"
#: Seconds after which an idle connection is told that all is well.
_PATIENCE = 15.0
_HEADERS = {
    "Cache-Control": "no-store",
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
}


def serve(options: argparse.Namespace) -> int:
    """Serve the page until interrupted. Raises `FileProblem`."""
    uvicorn = _library("uvicorn")
    token = secrets.token_urlsafe(16)
    news = _News(options)
    config = uvicorn.Config(
        application(news, token, options),
        log_level="warning",
        access_log=False,
        timeout_graceful_shutdown=1,
    )
    with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as listening:
        listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            listening.bind((_HOST, options.port))
        except OSError as error:
            raise FileProblem(f"port {options.port}: {error.strerror}") from None
        listening.listen()  # who comes before uvicorn is ready waits
        address = f"http://{_HOST}:{listening.getsockname()[1]}/{token}/"
        sys.stdout.write(f"watching {options.file} at {address}\nCtrl-C ends it\n")
        sys.stdout.flush()
        if options.open:
            import webbrowser

            webbrowser.open(address)
        uvicorn.Server(config).run(sockets=[listening])
    return CLEAN


def _library(name: str) -> Any:
    try:
        return import_module(name)
    except ImportError:
        missing = name.partition(".")[0]
        raise FileProblem(
            f"{missing} is not installed, which `nndsl watch` needs: pip install 'nndsl[watch]'"
        ) from None


class _News:
    """What is to be said of the file, and to whom."""

    def __init__(self, options: argparse.Namespace) -> None:
        self.options = options
        self.version = 0
        self.last = ""
        self.readers: set[asyncio.Queue[str]] = set()

    def start(self) -> None:
        """Look at the file now, and in a thread of its own whenever it changes."""
        loop = asyncio.get_running_loop()
        first = threading.Event()

        def follow() -> None:
            for _ in changes([self.options.file]):
                news = self.look()
                first.set()
                loop.call_soon_threadsafe(self.tell, news)

        threading.Thread(target=follow, daemon=True).start()
        first.wait(60.0)

    def look(self) -> str:
        """Return what there is to say of the file as it is now."""
        from nndsl.drawing.build import build
        from nndsl.drawing.figure import Choice
        from nndsl.drawing.page import payload
        from nndsl.render import render
        from nndsl.render.summary import render_summary
        from nndsl.summary import summarize

        picture, table, messages = None, "", ""
        options = self.options
        try:
            _, view, found = views.look(options)
            messages = render([d for d in found if d.severity != "info"])
            if view is not None:
                choice = Choice(options.depth, tuple(options.expand), options.flat)
                picture = payload(build(view, choice, whole=True))
                table = render_summary(summarize(view, depth=None, batch_size=32))
        except FileProblem as problem:
            messages = str(problem)
        except Exception as bug:  # the next text may be well again: the page goes on
            messages = told_of_bug(bug)
        self.version += 1
        self.last = json.dumps(
            {
                "version": self.version,
                "file": Path(options.file).name,
                "messages": messages,
                "summary": table,
                "picture": picture,
            }
        )
        return self.last

    def tell(self, news: str) -> None:
        for reader in self.readers:
            reader.put_nowait(news)

    async def stream(self) -> AsyncIterator[str]:
        """Yield events: what there is now, and then whatever comes."""
        reader: asyncio.Queue[str] = asyncio.Queue()
        self.readers.add(reader)
        try:
            yield f"data: {self.last}\n\n"
            while True:
                try:
                    news = await asyncio.wait_for(reader.get(), _PATIENCE)
                    yield f"data: {news}\n\n"
                except asyncio.TimeoutError:
                    yield ": still here\n\n"
        finally:
            self.readers.discard(reader)


def application(news: _News, token: str, options: argparse.Namespace) -> Any:
    """Return the server's application: the page and its events, for those who know the token."""
    from contextlib import asynccontextmanager

    from nndsl.drawing.live import live_page

    responses = _library("starlette.responses")
    routing = _library("starlette.routing")
    hosts = _library("starlette.middleware.trustedhost").TrustedHostMiddleware
    text, policy = live_page(Path(options.file).name, options.theme)

    def knows(request: Any) -> bool:
        return secrets.compare_digest(request.path_params["token"].encode(), token.encode())

    async def page(request: Any) -> Any:
        if not knows(request):
            return responses.PlainTextResponse("not found", 404)
        headers = {**_HEADERS, "Content-Security-Policy": policy}
        return responses.HTMLResponse(text, headers=headers)

    async def events(request: Any) -> Any:
        if not knows(request):
            return responses.PlainTextResponse("not found", 404)
        return responses.StreamingResponse(
            news.stream(), media_type="text/event-stream", headers=_HEADERS
        )

    @asynccontextmanager
    async def lifespan(app: Any) -> AsyncIterator[None]:
        news.start()
        yield

    routes = [routing.Route("/{token}/", page), routing.Route("/{token}/events", events)]
    app = _library("starlette.applications").Starlette(routes=routes, lifespan=lifespan)
    app.router.redirect_slashes = False
    # A page elsewhere that lets its name point here is not answered.
    app.add_middleware(hosts, allowed_hosts=[_HOST, "localhost"])
    return app
