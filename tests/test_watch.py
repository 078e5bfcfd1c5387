"""`nndsl watch`: who is answered, what is said when the file is saved, what the page shows."""

from __future__ import annotations

import asyncio
import http.client
import itertools
import json
import re
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple

import pytest
from test_page import CHROMIUM, needs_browser

from nndsl.cli.main import main

NET = """model Net {
    input x: [4]
    x -> Dense(3, softmax) as y
    output y
}
"""


class Server(NamedTuple):
    file: Path
    port: int
    token: str
    process: subprocess.Popen[str]

    def get(self, path: str, **headers: str) -> http.client.HTTPResponse:
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=30)
        connection.request("GET", path, headers=headers)
        return connection.getresponse()


@pytest.fixture
def server(tmp_path: Path) -> Iterator[Server]:
    pytest.importorskip("starlette")
    pytest.importorskip("uvicorn")
    file = tmp_path / "net.nn"
    file.write_text(NET, encoding="utf-8")
    command = [sys.executable, "-m", "nndsl", "watch", str(file)]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, encoding="utf-8")
    assert process.stdout
    line = process.stdout.readline()
    found = re.search(r"at http://127\.0\.0\.1:(\d+)/([\w-]+)/$", line.strip())
    assert found, line
    try:
        yield Server(file, int(found[1]), found[2], process)
    finally:
        process.send_signal(signal.SIGINT)
        assert process.wait(20) in (0, 130, -2)


def events(response: http.client.HTTPResponse) -> Iterator[dict[str, Any]]:
    while line := response.readline():
        if line.startswith(b"data: "):
            yield json.loads(line[6:])


@pytest.mark.slow
def test_the_page_follows_the_file(server: Server) -> None:
    response = server.get(f"/{server.token}/events")
    assert response.getheader("Content-Type", "").startswith("text/event-stream")
    news = events(response)
    first = next(news)
    assert first["file"] == "net.nn" and first["messages"] == ""
    assert [box["title"] for box in first["picture"]["boxes"]] == ["x", "Dense", "y"]
    assert "Total params: 15" in first["summary"]
    server.file.write_text(NET.replace("Dense(3", "Dnse(3"), encoding="utf-8")
    wrong = next(one for one in news if one["messages"])
    assert wrong["picture"] is None and "^^^^" in wrong["messages"]
    server.file.write_text(NET.replace("Dense(3", "Dense(7"), encoding="utf-8")
    mended = next(one for one in news if one["picture"])
    assert "Total params: 35" in mended["summary"]
    assert mended["version"] > wrong["version"] > first["version"]
    server.file.unlink()
    gone = next(one for one in news if not one["picture"])
    assert "there is no file" in gone["messages"]


@pytest.mark.slow
def test_who_is_answered(server: Server) -> None:
    response = server.get(f"/{server.token}/")
    assert response.status == 200
    policy = response.getheader("Content-Security-Policy", "")
    assert policy.startswith("default-src 'none'; script-src 'sha256-")
    assert "connect-src 'self'" in policy and "http" not in policy
    assert response.getheader("Referrer-Policy") == "no-referrer"
    text = response.read().decode()
    assert not re.search(r"""(src|href)=|url\(|@import|https?://(?!www\.w3\.org/2000/svg)""", text)
    assert server.token not in text
    wrong = server.token[:-1] + ("a" if server.token[-1] != "a" else "b")
    for path in ("/", f"/{wrong}/", f"/{wrong}/events", f"/{server.token}", "/events", "/%2e%2e/"):
        assert server.get(path).status == 404, path
    for host in ("evil.example", f"evil.example:{server.port}"):
        assert server.get(f"/{server.token}/", Host=host).status == 400


@needs_browser
@pytest.mark.slow
def test_in_a_browser(server: Server, tmp_path: Path) -> None:
    pytest.importorskip("tornado")
    address = f"http://127.0.0.1:{server.port}/{server.token}/"
    profile = tmp_path / "profile"
    command = [
        CHROMIUM, "--headless", "--no-sandbox", "--disable-gpu", "--remote-debugging-port=0",
        f"--user-data-dir={profile}", address,
    ]  # fmt: skip
    with subprocess.Popen(command, stderr=subprocess.DEVNULL) as browser:
        try:
            asyncio.run(read_page(profile, server))
        finally:
            browser.terminate()


async def read_page(profile: Path, server: Server) -> None:
    """Follow the page while the file is saved: first right, then wrong, then right again."""
    from tornado.websocket import websocket_connect

    active = profile / "DevToolsActivePort"
    while not (active.exists() and len(active.read_text().splitlines()) == 2):
        await asyncio.sleep(0.1)
    port = int(active.read_text().splitlines()[0])
    pages: list[dict[str, Any]] = []
    while not pages:
        connection = http.client.HTTPConnection("127.0.0.1", port, timeout=30)
        connection.request("GET", "/json/list")
        found = json.loads(connection.getresponse().read())
        pages = [one for one in found if server.token in one["url"]]
        await asyncio.sleep(0.1)
    socket = await websocket_connect(pages[0]["webSocketDebuggerUrl"])
    numbers = itertools.count(1)

    async def ask(expression: str) -> Any:
        number = next(numbers)
        parameters = {"expression": expression, "returnByValue": True}
        await socket.write_message(
            json.dumps({"id": number, "method": "Runtime.evaluate", "params": parameters})
        )
        while True:
            answer = json.loads(await socket.read_message())
            if answer.get("id") == number:
                return answer["result"]["result"].get("value")

    async def becomes(expression: str) -> None:
        for _ in range(200):
            if await ask(expression):
                return
            await asyncio.sleep(0.1)
        raise AssertionError(f"never: {expression}; {await ask('document.body.innerText')}")

    boxes = "[...document.querySelectorAll('#picture .b')].map(one => one.textContent).join()"
    await becomes(f"{boxes} === 'x,Dense,y'")
    await becomes("document.title === 'net.nn'")
    await becomes("document.querySelector('details pre').textContent.includes('Total params: 15')")
    server.file.write_text(NET.replace("Dense(3", "Dnse(3"), encoding="utf-8")
    await becomes("document.getElementById('messages').textContent.includes('^^^^')")
    await becomes("document.getElementById('stage').classList.contains('old')")
    assert await ask(f"{boxes} === 'x,Dense,y'"), "the last picture stays"
    mended = NET.replace("x -> Dense", "x -> Dropout(0.1) -> Dense")
    server.file.write_text(mended, encoding="utf-8")
    await becomes(f"{boxes} === 'x,Dropout,Dense,y'")
    await becomes("!document.getElementById('stage').classList.contains('old')")
    await becomes("document.getElementById('messages').textContent === ''")
    socket.close()


def test_a_bug_of_ours_does_not_end_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The page says so, and follows the next text."""
    pytest.importorskip("starlette")
    from nndsl.cli import server, views
    from nndsl.cli.main import _parser

    file = tmp_path / "net.nn"
    file.write_text(NET, encoding="utf-8")
    options = _parser().parse_args(["watch", str(file)])
    news = server._News(options)
    with monkeypatch.context() as broken:
        broken.setattr(views, "look", lambda options: 1 // 0)
        said = json.loads(news.look())
    assert "internal error: ZeroDivisionError" in said["messages"] and said["picture"] is None
    assert json.loads(news.look())["picture"] is not None


def test_mistakes(tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: Any) -> None:
    assert main(["watch", str(tmp_path / "none.nn")]) == 2
    assert "there is no file" in capsys.readouterr().err
    file = tmp_path / "net.nn"
    file.write_text(NET, encoding="utf-8")
    for port in ("x", "-1", "70000"):
        assert main(["watch", str(file), "--port", port]) == 2
        assert "a port such as 8080" in capsys.readouterr().err
    monkeypatch.setitem(sys.modules, "uvicorn", None)
    assert main(["watch", str(file)]) == 2
    said = capsys.readouterr().err
    assert "uvicorn is not installed" in said and "pip install 'nndsl[watch]'" in said
