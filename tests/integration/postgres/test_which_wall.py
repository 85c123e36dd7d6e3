"""Which wall a command means that was told none; and that no command makes a wall by the way."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import click
import pytest
from click.testing import CliRunner, Result

from livewall_dashboard.base.running_walls import RunningWall, announced
from livewall_dashboard.cli import cli
from livewall_dashboard.postgres.cli_options import find_wall
from support.ports import free_port

MAKE_WALLS = {"up", "demo", "branches"}
"""Who is called for a wall that there is not; the last has its folder beside the projects, and says so."""
LOOK_ONLY = {"check", "probe", "serve"}
"""They say what they find wrong, in their own words."""
CALL_A_WALL = {"job", "compare", "build"}
"""They call one by its address, and have no folder and no database."""
NAMES = {("rename",): ["Old", "New"], ("probe",): ["--within", "0"]}
"""What these have to be told besides what they always require."""


def leaves(command: click.Command, *words: str) -> Iterator[tuple[tuple[str, ...], click.Command]]:
    """Each command that does something, with its words."""
    if not isinstance(command, click.Group):
        yield words, command
        return
    with click.Context(command) as context:
        for name in command.list_commands(context):
            found = command.get_command(context, name)
            assert found is not None
            yield from leaves(found, *words, name)


COMMANDS = [(words, command) for words, command in leaves(cli) if words[0] not in MAKE_WALLS | CALL_A_WALL]


def required(command: click.Command) -> Iterator[str]:
    """Words for all that the command cannot do without."""
    for parameter in command.params:
        if parameter.required:
            if isinstance(parameter, click.Option):
                yield parameter.opts[0]
            yield str(parameter.type.choices[0]) if isinstance(parameter.type, click.Choice) else "something"


@pytest.fixture
def nowhere(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty folder to work in, of a user who has no wall."""
    for name in ("home", "run", "work", "tmp"):
        (tmp_path / name).mkdir()
    for name in ("LIVEWALL_DATA", "LIVEWALL_DATABASE_URL", "XDG_STATE_HOME"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("LIVEWALL_PORT", str(free_port()))
    monkeypatch.setenv("HOME", str(tmp_path / "home"))
    monkeypatch.setenv("XDG_RUNTIME_DIR", str(tmp_path / "run"))
    monkeypatch.setenv("TMPDIR", str(tmp_path / "tmp"))
    monkeypatch.chdir(tmp_path / "work")
    return tmp_path


def run(*words: str) -> Result:
    return CliRunner().invoke(cli, list(words))


@pytest.mark.parametrize(("words", "command"), COMMANDS, ids=[" ".join(words) for words, _ in COMMANDS])
def test_without_a_word_on_which_wall_nothing_is_made(
    nowhere: Path, words: tuple[str, ...], command: click.Command
) -> None:
    arguments = [*words, *required(command), *NAMES.get(words, [])]
    done = run(*arguments)
    assert done.exception is None or isinstance(done.exception, SystemExit), done.exception
    assert sorted(path.relative_to(nowhere) for path in nowhere.rglob("*")) == list(
        map(Path, ["home", "run", "tmp", "work"])
    )
    if words[0] not in LOOK_ONLY:
        assert done.exit_code == 2
        assert "--data" in done.stderr
        assert "--database-url" in done.stderr


@pytest.mark.parametrize("words", [("token", "list"), ("token", "revoke", "x"), ("backup", "x.zip")])
def test_a_named_folder_without_a_database_is_not_made_into_one(nowhere: Path, words: tuple[str, ...]) -> None:
    done = run(*words, "--data", "typo")
    assert (done.exit_code, done.stderr) == (
        2, "livewall: There is no database in typo: name the wall's folder with --data.\n"
    )  # fmt: skip
    assert list((nowhere / "work").iterdir()) == []


def test_a_token_for_a_wall_to_come_makes_its_folder(nowhere: Path) -> None:
    done = run("token", "create", "--data", "new", "--scope", "read", "screens")
    assert (done.exit_code, done.stdout[:3]) == (0, "lw_")
    assert "screens\tread" in run("token", "list", "--data", "new").stdout
    unnamed = run("token", "list")
    assert unnamed.exit_code == 2, "it does not run"
    (nowhere / "work" / "new").rename(nowhere / "work" / "livewall-data")
    assert "that does not run: --data livewall-data names it" in run("token", "list").stderr


def running(data: Path, *, embedded: bool = True) -> RunningWall:
    return RunningWall(1, str(data), f"http://127.0.0.1:8000/{data.name}", embedded)


def test_of_several_walls_one_has_to_be_named(nowhere: Path) -> None:
    environment = {"XDG_RUNTIME_DIR": str(nowhere / "run")}
    one, two = nowhere / "one", nowhere / "two"
    with announced(running(one), environment):
        assert find_wall(None, None).data == one
        with announced(running(two), environment):
            refused = run("token", "list")
            assert (refused.exit_code, f"--data {one}\n" in refused.stderr) == (2, True)
            assert f"--data {two}\n" in refused.stderr
            assert find_wall(None, two).data == two
            assert find_wall("postgresql:///x", None).database_url == "postgresql:///x"


def test_a_wall_whose_postgres_cannot_be_found_out_is_said(nowhere: Path) -> None:
    with announced(running(nowhere / "data", embedded=False), {"XDG_RUNTIME_DIR": str(nowhere / "run")}):
        refused = run("token", "create", "--data", "../data", "--scope", "read", "screens")
        assert (refused.exit_code, "runs on a Postgres of yours" in refused.stderr) == (2, True)
        assert not (nowhere / "data").exists(), "a token in a database that nobody reads"
