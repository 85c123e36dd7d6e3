"""Wheels of what is installed here, so that pip can install it elsewhere without asking anybody."""

from __future__ import annotations

import base64
import hashlib
import zipfile
from importlib.metadata import distribution
from pathlib import Path

from packaging.requirements import Requirement
from packaging.utils import canonicalize_name


def of_installed(name: str, folder: Path) -> Path:
    """The wheel of an installed distribution, without its programs in bin/."""
    found = distribution(name)
    wheel = folder / f"{found.name.replace('-', '_')}-{found.version}-py3-none-any.whl"
    record = []
    with zipfile.ZipFile(wheel, "w") as archive:
        for file in found.files or []:
            path = str(file)
            if ".." in path or "__pycache__" in path or path.endswith(("/RECORD", "/INSTALLER", "/REQUESTED")):
                continue
            content = Path(str(file.locate())).read_bytes()
            archive.writestr(path, content)
            digest = base64.urlsafe_b64encode(hashlib.sha256(content).digest()).rstrip(b"=").decode()
            record.append(f"{path},sha256={digest},{len(content)}")
        info = next(path for path in archive.namelist() if ".dist-info/" in path).partition("/")[0]
        archive.writestr(f"{info}/RECORD", "\n".join([*record, f"{info}/RECORD,,", ""]))
    return wheel


def house(folder: Path, *names: str) -> Path:
    """Wheels of these and of all that they require; by default what installs the listener from a checkout."""
    waiting, made = list(names or ("robotframework", "urllib3", "hatchling")), set()
    while waiting:
        name = canonicalize_name(waiting.pop())
        if name in made:
            continue
        made.add(name)
        of_installed(name, folder)
        required = map(Requirement, distribution(name).requires or [])
        waiting += [one.name for one in required if one.marker is None or one.marker.evaluate({"extra": ""})]
    return folder
