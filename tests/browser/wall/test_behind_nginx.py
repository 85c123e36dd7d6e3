"""A real screen on the wall's TLS address: let in, fed over WebSocket, and back by itself after a restart."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from browser.screen import Screen
from support import certificates, nginx
from support.dashboard import Dashboard
from support.edge import Edge, edge
from support.robot import start_robot
from support.waiting import wait_for

SUITES = Path(__file__).parents[2] / "acceptance" / "suites"


@pytest.fixture
def behind_nginx(database_url: str, tmp_path: Path) -> Iterator[Edge]:
    if nginx.program() is None:
        pytest.skip("nginx is not installed")
    (tmp_path / "tls").mkdir()
    with edge(database_url, tmp_path, certificates.make(tmp_path / "tls")) as made:
        yield made


def test_a_screen_is_let_in_follows_a_run_and_survives_a_restart(
    behind_nginx: Edge, open_screen: Callable[..., Screen], tmp_path: Path
) -> None:
    lines: list[str] = []

    def listen(page: Page) -> None:
        page.on("websocket", lambda line: lines.append(line.url))

    # Chromium keeps authorities in a store of its own; that the certificate verifies is shown by the other clients.
    address = f"{behind_nginx.url}/#{behind_nginx.tokens['read']}"
    screen = open_screen(address, expects_outage=True, before=listen, ignore_https_errors=True)
    expect(screen.page).to_have_url(f"{behind_nginx.url}/")
    expect(screen.page.locator("#connection")).to_contain_text("Live")
    loads = screen.loads
    (cookie,) = screen.page.context.cookies()
    assert cookie["secure"] and cookie["httpOnly"]

    go = tmp_path / "go"
    node = behind_nginx.node(LIVEWALL_SETUP="Board 7")
    robot = start_robot(SUITES / "slow", "--variable", f"FLAG:{go}", cwd=tmp_path, env=node)
    expect(screen.tile("Board 7")).to_contain_text("Waits In The Middle")
    wait_for(lambda: lines, what="WebSocket, where Socket.IO begins with polls")
    assert all(line.startswith("wss://") for line in lines)

    behind_nginx.dashboard.stop()
    expect(screen.page.locator("#banner")).to_be_visible()
    behind_nginx.dashboard.start()
    expect(screen.page.locator("#banner")).to_be_hidden()
    go.touch()
    assert robot.finish().exit_code > 0
    expect(screen.tile("Board 7")).to_contain_text("Failed")
    assert screen.loads == loads


NO_HOST = (
    ("    proxy_set_header Host              $http_host;\n", ""),
    ("    proxy_set_header X-Forwarded-Host  $http_host;\n", ""),
)


def test_a_proxy_that_keeps_the_name_for_itself_is_told_of_on_the_screen_and_in_the_log(
    database_url: str, tmp_path: Path, open_screen: Callable[..., Screen]
) -> None:
    if nginx.program() is None:
        pytest.skip("nginx is not installed")
    (tmp_path / "tls").mkdir()
    own = certificates.make(tmp_path / "tls")
    with edge(database_url, tmp_path, own, Dashboard, "--insecure", changes=NO_HOST) as made:
        screen = open_screen(f"{made.url}/", expects_error=403, expects_outage=True, ignore_https_errors=True)
        expect(screen.page.locator("#banner")).to_contain_text("proxy_set_header Host $http_host;")
        assert "proxy_set_header Host $http_host;" in made.dashboard.log
        assert made.dashboard.log.count("does not pass on its name") == 1, "once a minute is enough"


def test_whoever_opens_the_wall_during_a_restart_gets_it_afterwards(
    behind_nginx: Edge, open_screen: Callable[..., Screen]
) -> None:
    behind_nginx.dashboard.stop()
    address = f"{behind_nginx.url}/?theme=dark#{behind_nginx.tokens['read']}"
    screen = open_screen(address, expects_outage=True, ignore_https_errors=True)
    expect(screen.page.get_by_role("heading", name="The wall is starting")).to_be_visible()
    behind_nginx.dashboard.start()
    expect(screen.page.locator("#connection")).to_contain_text("Live")
    expect(screen.page).to_have_url(f"{behind_nginx.url}/?theme=dark")
