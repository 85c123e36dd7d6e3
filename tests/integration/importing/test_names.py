"""A test keeps one history in files that are imported, too; worked out with the least rights there are."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest

from livewall_dashboard.history.identity import renaming
from livewall_dashboard.history.identity.run_looker import RunLooker
from livewall_dashboard.history.store import Store
from support.import_lab import ImportLab
from support.outputs import Case, Suite


@pytest.mark.parametrize("folder", ["/ws/", "C:\\ws\\"])
def test_files_of_one_folder_on_one_setup_have_one_history(lab: ImportLab, folder: str) -> None:
    looker, store = RunLooker(lab.lab.database), Store(lab.lab.database)

    def names(longname: str) -> set[str]:
        looker.look()
        rows, _ = store.test_history(longname)
        return {row["longname"] for row in rows}

    suite = Suite("Login", tests=[Case("Works")])
    files = [
        lab.output(root, after=timedelta(hours=no)) for no, root in enumerate([Suite("Tests", suites=[suite]), suite])
    ]
    for path in files:
        in_folder(path, folder)
    lab.take_in(files[0], setup="rig")
    lab.take_in(files[1], setup="other")
    assert names("Login.Works") == {"Login.Works"}, "another machine may have another file there"
    again = lab.output(suite, after=timedelta(days=1))
    in_folder(again, folder)
    lab.take_in(again, setup="rig")
    assert names("Login.Works") == names("Tests.Login.Works") == {"Login.Works", "Tests.Login.Works"}
    with lab.lab.database.connection() as connection:
        renaming.undo(connection, "Login", "Tests.Login")
        assert names("Login.Works") == {"Login.Works"}
        renaming.rename(connection, "Login", "Tests.Login")
        assert names("Login.Works") == {"Login.Works", "Tests.Login.Works"}


def in_folder(path: Path, folder: str) -> None:
    sources = {"/tests/Tests.robot": f"{folder}tests", "/tests/Login.robot": f"{folder}tests{folder[-1]}login.robot"}
    text = path.read_text(encoding="utf-8")
    for source, other in sources.items():
        text = text.replace(source, other)
    path.write_text(text, encoding="utf-8")
