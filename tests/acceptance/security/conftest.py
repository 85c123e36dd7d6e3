"""What cannot be collected on each Python."""

from __future__ import annotations

import importlib.util

# There is no schemathesis for Python 3.10. `make test` says that these tests are left out.
collect_ignore = [] if importlib.util.find_spec("schemathesis") else ["test_contract.py"]
