"""`livewall prune`: what it would remove, and that it does."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from livewall_dashboard.cli import cli
from livewall_dashboard.history.retention import pins
from livewall_dashboard.history.retention.rules import set_retention
from livewall_dashboard.lab.retention import RetentionRule, rules_in_force
from support.old_runs import OldRuns

Prune = Callable[..., Result]
pytestmark = pytest.mark.usefixtures("narrow")


@pytest.fixture
def prune(database_url: str, tmp_path: Path) -> Prune:
    def run(*words: object) -> Result:
        wall = ["--database-url", database_url, "--data", str(tmp_path)]
        return CliRunner().invoke(cli, ["prune", *wall, *map(str, words)])

    return run


def test_a_dry_run_says_by_rule_what_would_go_and_the_next_removes_it(
    prune: Prune, old: OldRuns, tmp_path: Path
) -> None:
    for number in range(1, 9):
        old.add(f"run-{number}", 40, branch="main" if number % 2 else "x", tests=number)
    old.add("pinned", 400)
    pins.pin(old.connection, "pinned", "ada")
    old.add("young", 1)
    rules = tmp_path / "rules.json"
    rules.write_text(json.dumps({"setups": [], "retention": [{"branch": "x", "keep_days": 20}]}))
    words = ["--config", rules, "--retention", "30d"]
    told = prune("--dry-run", *words)
    assert told.exit_code == 0, told.output
    by_branch, by_age, *sizes, last = told.output.splitlines()
    assert by_branch.startswith("branch x: 20 days: 4 runs, 20 results, of 20")
    assert by_age.startswith("all runs: 30 days: 4 runs, 16 results, of 20")
    assert sizes[0].startswith("Given back to the disk: 0.") and sizes[0].endswith(" MB of results.")
    assert last == "Nothing is removed: that was a dry run."
    assert len(old.left()) == 10
    document = json.loads(prune("--dry-run", "--json", *words).output)
    assert (document["dry_run"], document["removed"]) == (True, None)
    due = document["due"]
    assert (due["runs"], due["results"], due["partitions"]) == (8, 36, 2)
    assert due["partition_bytes"] > 0 and due["row_bytes"] == 0
    done = prune(*words)
    assert done.output.splitlines()[-1] == "Removed: 8 runs."
    assert old.left() == ["pinned", "young"]
    assert prune(*words).output.splitlines() == ["No run is older than it is kept."]


def test_the_rules_are_those_the_wall_was_last_started_with(prune: Prune, old: OldRuns) -> None:
    old.add("old", 40)
    assert prune().output.startswith("Everything is kept: the wall was started without --retention")
    assert prune("--json").output == "null\n"
    set_retention(old.connection, rules_in_force([RetentionRule(timedelta(days=30))], None))
    assert json.loads(prune("--json").output)["removed"] == {"runs": 1, "partitions": 0, "left": 0}
    assert old.left() == []
    row = old.connection.execute(
        "SELECT pruned_runs, now() - pruned_at < interval '1 min' AS now FROM retention"
    ).fetchone()
    assert row == {"pruned_runs": 1, "now": True}


def test_results_that_leave_a_partition_of_which_a_part_stays_are_told_apart(prune: Prune, old: OldRuns) -> None:
    for number, age in enumerate((40, 1, 1, 1, 1), 1):
        old.add(f"run-{number}", age)
    due = json.loads(prune("--dry-run", "--json", "--retention", "30d").output)["due"]
    assert due["partition_bytes"] == 0 < due["row_bytes"]
    assert "Given back when the rest of their partitions goes: 0." in prune("--dry-run", "--retention", "30d").output


@pytest.mark.parametrize("words", [["--retention", "12h"], ["--config", "missing.json"]])
def test_wrong_words_are_a_line_and_remove_nothing(prune: Prune, old: OldRuns, words: list[str]) -> None:
    old.add("old", 40)
    refused = prune(*words)
    assert refused.exit_code == 2
    assert "Traceback" not in refused.output
    assert old.left() == ["old"]
