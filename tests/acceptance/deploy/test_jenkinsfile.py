"""The pipelines are Groovy, have the stages they promise, and call what there is."""

from __future__ import annotations

import re
import shlex
import subprocess
from pathlib import Path

import pytest

from livewall_dashboard.lab.model import DESCRIPTION_PATTERN
from support.deployment import ROOT, SCRIPT
from support.pipeline import Pipeline

JENKINSFILE = ROOT / "config" / "Jenkinsfile"


@pytest.fixture(scope="module")
def pipeline() -> Pipeline:
    return Pipeline.read(JENKINSFILE)


@pytest.fixture(scope="module")
def deploy_words() -> set[str]:
    """Commands and options that deploy.sh knows."""
    said = subprocess.run([SCRIPT, "--help"], capture_output=True, text=True, check=True).stdout
    return set(re.findall(r"^  (--[\w-]+|\w+)\b", said, re.MULTILINE))


@pytest.mark.parametrize("path", sorted(ROOT.glob("config/**/Jenkinsfile")), ids=lambda path: path.parent.name)
def test_every_jenkinsfile_is_groovy(path: Path) -> None:
    assert Pipeline.read(path).stages


def test_the_parser_would_tell() -> None:
    text = JENKINSFILE.read_text(encoding="utf-8")
    for broken in (
        text.replace("stages {", "stages (", 1),
        text.rstrip().removesuffix("}"),
        text.replace("')", "'", 1),
    ):
        with pytest.raises(ValueError, match="no Groovy"):
            Pipeline(broken)


def test_the_stages_in_their_order(pipeline: Pipeline) -> None:
    assert pipeline.stages == ["Pull", "Checks", "Configuration", "Migrations on a copy", "Restart", "Verify"]
    for needed in ("pollSCM", "disableConcurrentBuilds", "timeout", "junit", "unsuccessful", "pipeline", "checkout"):
        assert pipeline.calls(needed), needed
    assert pipeline.steps("pollSCM") == ["* * * * *"], "each minute"


def test_the_scripts_call_commands_and_options_that_exist(pipeline: Pipeline, deploy_words: set[str]) -> None:
    scripts = pipeline.steps("sh")
    called = []
    for script in scripts:
        for command in re.split(r"\|\||&&|;", script):
            words = shlex.split(command)
            if words[0] == "$DEPLOY":
                called.append(words[1])
                options = {word for word in words[1:] if not word.startswith("$")}
                assert options <= deploy_words, command
            else:
                assert words[:2] == ["make", "quick"], command
    assert called == ["prepare", "check", "rehearse", "switch", "verify", "verify", "status"]
    assert "--force" in deploy_words, "what FORCED holds"


def test_make_knows_the_target_and_where_results_go(pipeline: Pipeline) -> None:
    (script,) = [script for script in pipeline.steps("sh") if script.startswith("make")]
    tried = ["make", "--dry-run", "--always-make", *script.split()[1:]]
    done = subprocess.run(tried, cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    assert "-m runner --only quick --junit results" in done.stdout


def test_the_wall_reads_the_counts_from_the_description() -> None:
    written = re.search(r'currentBuild\.description = "(.*)"', JENKINSFILE.read_text(encoding="utf-8"))
    assert written
    counts = {"total": "120", "pass": "118", "fail": "2"}
    description = re.sub(r"\$\{tests\.(\w+)Count\}", lambda match: counts[match[1]], written[1])
    found = re.fullmatch(DESCRIPTION_PATTERN, description)
    assert found, description
    assert (found["total"], found["passed"], found["failed"]) == ("120", "118", "2")


def test_it_deploys_by_the_script_that_a_release_brings_and_sudo_allows() -> None:
    text = JENKINSFILE.read_text(encoding="utf-8")
    path = "/opt/livewall/current/config/deploy.sh"
    assert f"sudo -n -u livewall {path}'" in text
    assert f"jenkins ALL=(livewall) NOPASSWD: {path}" in (ROOT / "config" / "sudoers.d" / "livewall").read_text()
    assert "label 'livewall-server'" in text
