"""Runs git, which may hang: it gets a time, and what it has started ends with it."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from livewall_dashboard.base.errors import LivewallError
from livewall_dashboard.base.parent_death import end_with_parent
from livewall_dashboard.history.commits.fetch_address import Credentials
from livewall_dashboard.history.commits.git_clone import HARMLESS, git_environment
from livewall_dashboard.history.commits.git_words import reason

PROTOCOLS = ("https", "http", "ssh", "git", "file")
PAUSES = (0.002, 0.1)
"""Seconds between two looks whether it has ended: the first, and the longest."""
MOST_SAID = 100_000
SHORT = 60.0
"""Seconds of what needs no network."""
_SETPRIV = shutil.which("setpriv") if sys.platform.startswith("linux") else None
_ENDS_WITH_US = (_SETPRIV, "--pdeathsig", "KILL", "--") if _SETPRIV else ()
_NEVER = ("-c", "protocol.ext.allow=never", "-c", "gc.autoDetach=false", "-c", "gc.auto=6700")
_HELPER = (
    '!f() { test "$1" = get || return 0; told=; while read -r line; do '
    'case "$line" in protocol=*|host=*) told="$told $line";; esac; done; '
    'if test "$told" = " protocol=$WALL_GIT_PROTOCOL host=$WALL_GIT_HOST"; then '
    'printf "username=%s\\npassword=%s\\n" "$WALL_GIT_USER" "$WALL_GIT_PASSWORD"; fi; }; f'
)
"""git asks it for whatever it was sent to, too: another host, or the same one without encryption."""


class GitFailed(LivewallError):
    """`message` is what git says, for people; `said`: all of it."""

    code, http_status = "git_failed", 502

    def __init__(self, message: str, said: str = "") -> None:
        super().__init__(message)
        self.said = said


@dataclass(frozen=True, slots=True)
class Git:
    """git for the mirrors below `folder`, where nobody is asked for anything. `protocols`: by which it fetches."""

    folder: Path
    protocols: Sequence[str] = PROTOCOLS

    def run(
        self,
        words: Sequence[str],
        *,
        timeout: float,
        credentials: Credentials | None = None,
        also: Sequence[int] = (),
    ) -> bytes:
        """What it prints. Raises GitFailed, also where it takes longer than `timeout` seconds; OSError for the disk.

        `also`: exit codes besides 0 that are none to complain of; what it printed is b"" then.
        """
        with tempfile.TemporaryFile() as out, tempfile.TemporaryFile() as err:
            code = wait(self._begin(words, credentials, out.fileno(), err.fileno(), timeout), timeout)
            err.seek(0)
            said = err.read(MOST_SAID).decode("utf-8", "replace")
            if code is None:
                raise GitFailed(f"it took longer than {timeout:g} s", said)
            if code not in (0, *also):
                raise GitFailed(reason(said, code, is_anonymous=credentials is None), said)
            out.seek(0)
            return out.read() if code == 0 else b""

    def _begin(
        self, words: Sequence[str], credentials: Credentials | None, out: int, err: int, timeout: float
    ) -> subprocess.Popen[bytes]:
        environment = self._environment(credentials)
        # Who names a user alone may have a helper of his own that knows the password: ours comes after it.
        others = ["-c", "credential.helper="] if credentials and credentials.password is not None else []
        helper = [*others, "-c", f"credential.helper={_HELPER}"] if credentials else []
        # What may take long ends with the wall, also where that is killed. A fork of ours costs more than most fetches:
        # where there is a program that asks for that, none is needed.
        asks = timeout > SHORT
        before = [*_ENDS_WITH_US] if asks and shutil.which("git") else []
        try:
            return subprocess.Popen(
                [*before, "git", *HARMLESS, *_NEVER, *helper, *words],
                env=environment,
                cwd="/",
                stdin=subprocess.DEVNULL,
                stdout=out,
                stderr=err,
                start_new_session=True,
                preexec_fn=end_with_parent(signal.SIGKILL) if asks and not before else None,  # noqa: PLW1509  # no lock
            )
        except FileNotFoundError:
            raise GitFailed("the program git is not installed here: `apt install git`, or your system's like") from None

    def _environment(self, credentials: Credentials | None) -> Mapping[str, str]:
        environment = git_environment(":".join(self.protocols), self.folder)
        environment["GIT_CONFIG_GLOBAL"] = str(self._configuration(environment))
        environment["GIT_ASKPASS"] = environment["SSH_ASKPASS"] = "true"
        environment.setdefault("GIT_SSH_COMMAND", "ssh -o BatchMode=yes -o ConnectTimeout=20")
        if credentials:
            environment |= {
                "WALL_GIT_PROTOCOL": credentials.origin.partition(":")[0],
                "WALL_GIT_HOST": credentials.host,
                "WALL_GIT_USER": credentials.user,
                "WALL_GIT_PASSWORD": credentials.password or "",
            }
            number = int(environment.get("GIT_CONFIG_COUNT") or 0)
            environment |= {
                f"GIT_CONFIG_KEY_{number}": f"credential.{credentials.origin}.username",
                f"GIT_CONFIG_VALUE_{number}": credentials.user,
                "GIT_CONFIG_COUNT": str(number + 1),
            }
        return environment

    def _configuration(self, environment: Mapping[str, str]) -> Path:
        """The user's own; and repositories that lie on this machine are read whoever owns them."""
        own = environment.get("GIT_CONFIG_GLOBAL") or "~/.gitconfig"
        path = self.folder / "gitconfig"
        text = f"[include]\n\tpath = {own}\n[safe]\n\tdirectory = *\n"
        if not path.is_file() or path.read_text(encoding="utf-8") != text:
            self.folder.mkdir(parents=True, exist_ok=True)
            with tempfile.NamedTemporaryFile("w", dir=self.folder, encoding="utf-8", delete=False) as new:
                new.write(text)
            Path(new.name).replace(path)  # several threads may do that at once
        return path


def wait(process: subprocess.Popen[bytes], timeout: float) -> int | None:
    """Its exit code; None where its time was over, and it with all that it has started was ended."""
    pause, longest = PAUSES
    give_up = time.monotonic() + timeout
    try:
        while (code := process.poll()) is None and time.monotonic() < give_up:
            time.sleep(pause)
            pause = min(pause * 1.3, longest)
        return code
    finally:
        if process.poll() is None:
            with suppress(ProcessLookupError):
                os.killpg(process.pid, signal.SIGKILL)
            process.wait()
