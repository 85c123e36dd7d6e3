"""What the documentation shows exists, and what exists is in the documentation."""

from __future__ import annotations

import dataclasses
import hashlib
import json
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import certifi
import click
import pytest

from livewall_agent import settings as agent_settings
from livewall_agent.command import cli as agent_cli
from livewall_dashboard.cli import cli
from livewall_dashboard.lab import LabFile
from livewall_listener import wire
from support.dashboard import Dashboard
from support.environment import quiet_environment
from support.pages import shell_lines, without_user
from support.waiting import wait_for

ROOT = Path(__file__).parents[3]
PAGES = [ROOT / "README.md", ROOT / "CHANGELOG.md", *sorted((ROOT / "docs").glob("*.md"))]
SETTING = re.compile(r"\bLIVEWALL_[A-Z_]+\b")
FOR_TESTS = "LIVEWALL_TEST_"


def text_of(pages: list[Path]) -> str:
    return "\n".join(page.read_text(encoding="utf-8") for page in pages)


def shown(program: str) -> list[tuple[str, list[str]]]:
    """(page, arguments) of each shown call of a program, whatever folder it is called from."""
    found = [
        (page.name, words[1:])
        for page in PAGES
        for words in map(without_user, shell_lines(page))
        if words and Path(words[0]).name == program
    ]
    assert found, f"no page shows {program}"
    return found


def names(calls: list[tuple[str, list[str]]]) -> list[str]:
    return [f"{page}: {' '.join(words)}" for page, words in calls]


LIVEWALL, AGENT, MAKE = shown("livewall"), shown("livewall-agent"), shown("make")


@pytest.mark.parametrize(("page", "words"), LIVEWALL, ids=names(LIVEWALL))
def test_shown_commands_and_their_options_exist(page: str, words: list[str]) -> None:
    command: click.Command = cli
    rest = list(words)
    while isinstance(command, click.Group):
        assert rest, f"{page}: livewall {' '.join(words)} names no command"
        name = rest.pop(0)
        assert name in subcommands(command), f"{page}: livewall has no command {name}"
        command = subcommands(command)[name]
    command.make_context("livewall", rest, resilient_parsing=False).close()


@pytest.mark.parametrize(("page", "words"), AGENT, ids=names(AGENT))
def test_shown_commands_of_the_agent_and_their_options_exist(page: str, words: list[str]) -> None:
    command = subcommands(agent_cli)[words[0]]
    command.make_context("livewall-agent", list(words[1:]), resilient_parsing=False).close()


@pytest.mark.parametrize(("page", "words"), MAKE, ids=names(MAKE))
def test_shown_make_targets_exist(page: str, words: list[str]) -> None:
    targets = re.findall(r"^([a-z ]+):", (ROOT / "Makefile").read_text(encoding="utf-8"), re.MULTILINE)
    assert words[0] in " ".join(targets).split(), f"{page}: make {words[0]}"


def settings_of(command: click.Command) -> set[str]:
    found = {str(parameter.envvar) for parameter in command.params if parameter.envvar}
    if isinstance(command, click.Group):
        for sub in subcommands(command).values():
            found |= settings_of(sub)
    return found


def subcommands(group: click.Group) -> dict[str, click.Command]:
    with click.Context(group) as context:
        found = {name: group.get_command(context, name) for name in group.list_commands(context)}
    return {name: command for name, command in found.items() if command is not None}


def code_files() -> list[Path]:
    return [path for room in ("listener", "agent", "dashboard") for path in sorted((ROOT / room).rglob("*.py"))]


def test_every_setting_is_documented() -> None:
    in_code = {name for path in code_files() for name in SETTING.findall(path.read_text(encoding="utf-8"))}
    settings = settings_of(cli) | settings_of(agent_cli) | {name for name in in_code if not name.endswith("_")}
    undocumented = settings - set(SETTING.findall(text_of(PAGES)))
    assert not undocumented, f"no page names {', '.join(sorted(undocumented))}"


def test_every_documented_setting_exists() -> None:
    code = text_of([*code_files(), *sorted((ROOT / "config").rglob("*.sh"))])
    unknown = {
        name
        for name in SETTING.findall(text_of(PAGES))
        if name not in code and not name.startswith(FOR_TESTS) and name not in settings_of(cli)
    }
    assert not unknown, f"documented, but not in the code: {', '.join(sorted(unknown))}"


def options_of(command: click.Command) -> set[str]:
    return {
        option
        for parameter in command.params
        if isinstance(parameter, click.Option) and not parameter.hidden
        for option in parameter.opts
        if option.startswith("--")
    }


@pytest.mark.parametrize("name", ["up", "serve"])
def test_every_option_of_the_server_is_in_its_how_to(name: str) -> None:
    page = (ROOT / "docs" / "how-to-server.md").read_text(encoding="utf-8")
    missing = {option for option in options_of(subcommands(cli)[name]) if f"`{option}`" not in page}
    assert not missing


def test_every_setting_of_a_screen_is_in_its_how_to() -> None:
    source = ROOT / "dashboard" / "livewall_dashboard" / "static" / "wall" / "settings.js"
    parameters = set(re.findall(r'parameters\.get(?:All)?\("(\w+)"\)', source.read_text(encoding="utf-8")))
    assert parameters >= {"view", "order", "theme"}
    page = (ROOT / "docs" / "how-to-wall.md").read_text(encoding="utf-8")
    assert {name for name in parameters if f"`{name}=" not in page} == set()


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.name))
def test_links_lead_somewhere(page: Path) -> None:
    links = re.findall(r"\]\(([^)#\s]+)", page.read_text(encoding="utf-8"))
    broken = [link for link in links if "://" not in link and not (page.parent / link).exists()]
    assert not broken


def test_the_shown_reporter_becomes_verified(shared_dashboard: Dashboard, tmp_path: Path) -> None:
    """To the letter, as somebody would paste it: the contract for other languages holds."""
    (script,) = re.findall(r"```shell\n(.*?)```", (ROOT / "docs" / "api.md").read_text(encoding="utf-8"), re.DOTALL)
    assert len(script.splitlines()) <= 25
    env = {**quiet_environment(), "LIVEWALL_URL": shared_dashboard.url}
    done = subprocess.run(
        ["sh", "-c", script], cwd=tmp_path, env=env, check=False, capture_output=True, text=True, timeout=60
    )
    assert done.returncode == 0, done
    run = f"/api/v1/runs/{json.loads(done.stdout.partition('}')[0] + '}')['id']}"
    wait_for(lambda: shared_dashboard.get(run)["state"] == "finished", what="the run's end")
    told = shared_dashboard.get(run)
    assert (told["verification"], told["status"], told["setup"]) == ("verified", "FAIL", "Bench 3")


def test_the_digest_is_what_the_api_page_says() -> None:
    tests = [("s1-t2", "PASS", ""), ("s1-t10", "FAIL", "3,4 \u00b5V \u2260 3"), ("s1-s1-t1", "SKIP", "a\nb")]
    said = b"".join(
        test_id.encode() + b"\x1f" + status.encode() + b"\x1f" + message.encode() + b"\x1e"
        for test_id, status, message in sorted(tests, key=lambda test: test[0].encode())
    )
    assert wire.digest_of(tests) == hashlib.sha256(said).hexdigest()
    assert wire.digest_of([]) == hashlib.sha256(b"").hexdigest()


def test_the_members_of_events_and_runs_are_all_on_the_api_page() -> None:
    page = (ROOT / "docs" / "api.md").read_text(encoding="utf-8")
    for kind in (*wire.EVENTS.values(), wire.RunInfo):
        names = {field.name for field in dataclasses.fields(kind)} - {"wire_version", "tests"}
        assert {name for name in names if not re.search(rf"\b{name}\b", page)} == set(), kind


def examples(page: Path) -> list[str]:
    return re.findall(r"```json\n(.*?)```", page.read_text(encoding="utf-8"), re.DOTALL)


@pytest.mark.parametrize("number", [0, 1])
def test_shown_configurations_are_accepted(number: int, tmp_path: Path) -> None:
    example = examples(ROOT / "docs" / "how-to-setups.md")[number]
    (tmp_path / "jenkins-token").write_text("11f0\n", encoding="ascii")
    (tmp_path / "lab-ca.pem").write_bytes(Path(certifi.where()).read_bytes())
    path = tmp_path / "setups_config.json"
    path.write_text(example.replace("/etc/livewall", str(tmp_path)), encoding="utf-8")
    assert [setup.name for setup in LabFile(path).current.setups] == names_in(json.loads(example))


def test_all_members_of_a_configuration_are_shown_and_explained() -> None:
    page = (ROOT / "docs" / "how-to-setups.md").read_text(encoding="utf-8")
    schema = json.loads((ROOT / "config" / "setups_config.schema.json").read_text(encoding="utf-8"))
    shown_one = json.loads(examples(ROOT / "docs" / "how-to-setups.md")[0])
    for members, entry in (
        (schema["definitions"]["jenkins"]["properties"], shown_one["jenkins"][0]),
        (schema["definitions"]["setup"]["properties"], shown_one["setups"][0]),
        (schema["properties"]["wall"]["properties"], shown_one["wall"]),
    ):
        assert members.keys() - entry.keys() <= {"comment"}
        assert [name for name in members if f"`{name}`" not in page] == []


def test_the_shown_rules_of_retention_are_accepted_and_all_members_explained(tmp_path: Path) -> None:
    page = ROOT / "docs" / "how-to-retention.md"
    (example,) = examples(page)
    path = tmp_path / "setups_config.json"
    path.write_text(example, encoding="utf-8")
    assert len(LabFile(path).current.retention) == len(json.loads(example)["retention"])
    schema = json.loads((ROOT / "config" / "setups_config.schema.json").read_text(encoding="utf-8"))
    members = schema["definitions"]["retention_rule"]["properties"].keys() - {"comment"}
    assert [name for name in members if f"`{name}`" not in page.read_text(encoding="utf-8")] == []


def test_the_example_configuration_is_accepted() -> None:
    path = ROOT / "config" / "setups_config.json"
    document = json.loads(path.read_text(encoding="utf-8"))
    lab = LabFile(path, environment={}).current
    assert [setup.name for setup in lab.setups] == names_in(document)
    assert (path.parent / document["$schema"]).is_file()
    assert lab.jenkins and lab.own_jobs and lab.setups[0].labels


def names_in(document: dict[str, Any]) -> list[str]:
    return [entry.get("name") or entry["setup"] for entry in document.get("setups") or document["pipelines"]]


AGENT_PAGE = ROOT / "docs" / "how-to-agent.md"


def test_the_shown_agent_toml_is_accepted_and_complete(tmp_path: Path) -> None:
    """Each setting there is, and none that is not."""
    (example,) = re.findall(r"```toml\n(.*?)```", AGENT_PAGE.read_text(encoding="utf-8"), re.DOTALL)
    (tmp_path / "token").write_text("lw_0\n", encoding="ascii")
    path = tmp_path / "agent.toml"
    path.write_text(example.replace("/etc/livewall/agents/rpi4-2.token", str(tmp_path / "token")), encoding="utf-8")
    chosen = agent_settings.read(path, {}, {})
    assert (chosen.name, chosen.limits.global_timeout, chosen.job_commands) == ("rpi4-2", 4 * 3600, {"test"})
    told = agent_settings.load(path)
    assert agent_settings.KNOWN - told.keys() == set()
    assert {each.name for each in dataclasses.fields(agent_settings.Limits)} - told["limits"].keys() == set()


def test_the_shown_job_is_one(tmp_path: Path) -> None:
    (example,) = re.findall(r"```yaml\n(.*?)```", AGENT_PAGE.read_text(encoding="utf-8"), re.DOTALL)
    (tmp_path / "job.yaml").write_text(example.replace("tests/", "--help"), encoding="utf-8")
    command = [sys.executable, "-m", "livewall_agent", "try", str(tmp_path / "job.yaml")]
    done = subprocess.run(command, env=quiet_environment(), capture_output=True, text=True, check=False, timeout=60)
    assert done.returncode == 251, done  # robot's, after its help
    assert "Robot Framework" in done.stdout
