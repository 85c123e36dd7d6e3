"""A configuration's shape, as config/setups_config.schema.json defines it: what of a document does not fit."""

from __future__ import annotations

import functools
import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from livewall_dashboard.base.errors import Misconfigured
from livewall_dashboard.lab.faults import Place, listed, suggestion

if TYPE_CHECKING:
    from jsonschema import Draft7Validator, ValidationError

SCHEMA = "setups_config.schema.json"

_HERE = Path(__file__).resolve().parent
_CANDIDATES = (_HERE / SCHEMA, _HERE.parents[2] / "config" / SCHEMA)

_KINDS = {"string": "a text", "array": "a list", "object": "an object", "integer": "a whole number",
          "number": "a number", "boolean": "true or false", "null": "null"}  # fmt: skip
_TODAY = {"setup": "name", "hostname": "hosts", "ip": "addresses", "address": "addresses", "job_name": "jobs",
          "setup_id": "order", "URL": "links", "url": "links"}  # fmt: skip
"""What somebody may mean who knows the older shape."""


@dataclass(frozen=True, slots=True)
class Misfit:
    """`place` does not fit. `of_member`: it is the member's name that is wrong, not its value."""

    place: Place
    text: str
    of_member: bool = False


def misfits(document: object) -> list[Misfit]:
    """Everything that does not fit; nothing of it is quoted but names of members."""
    told = (misfit for error in _validator().iter_errors(document) for misfit in _told(error))
    return list(dict.fromkeys(told))


@functools.lru_cache(maxsize=1)
def _validator() -> Draft7Validator:
    from jsonschema import Draft7Validator  # noqa: PLC0415  # a tenth of a start, and many walls have no such file

    for candidate in _CANDIDATES:
        if candidate.is_file():
            return Draft7Validator(json.loads(candidate.read_text(encoding="utf-8")))
    raise Misconfigured("This installation of livewall lacks the schema of its configuration; install it again.")


def _told(error: ValidationError) -> Iterator[Misfit]:
    place: Place = tuple(error.absolute_path)
    schema, wanted, value = error.schema, error.validator_value, error.instance
    if error.validator == "additionalProperties":
        known = [name for name in schema["properties"] if not name.startswith("$")]
        for name in value.keys() - schema["properties"].keys():
            yield Misfit((*place, name), f"is no member here.{_meant(name, known)}", of_member=True)
    elif error.validator == "required":
        missing = [name for name in wanted if name not in value]  # of which each is an error of its own
        yield Misfit(place, f"{listed(missing)} {'is' if len(missing) == 1 else 'are'} missing.")
    elif error.validator == "oneOf":
        if isinstance(value, dict):  # what is no object is told about anyway
            yield Misfit(place, _top(value))
    elif "propertyNames" in error.absolute_schema_path:
        yield Misfit(place, "has a name that is empty or too long.")
    else:
        yield Misfit(place, _wrong(error.validator, wanted, value))


def _wrong(validator: str, wanted: Any, value: object) -> str:
    if validator == "type":
        kinds = [wanted] if isinstance(wanted, str) else wanted
        return f"must be {' or '.join(_KINDS[kind] for kind in kinds)}, and is {_kind_of(value)}."
    if validator == "pattern":
        return "is empty." if wanted == r"\S" else "may have letters, digits, dots, dashes and underscores only."
    if validator in {"maxLength", "maxProperties", "maxItems"}:
        length = len(value) if isinstance(value, (str, dict, list)) else 0
        return f"is too long: {length}, and at most {wanted} are possible."
    if validator == "enum":
        return f"must be one of {listed(wanted)}."
    if validator == "minItems":
        return "is empty."
    if validator in {"minimum", "maximum"}:
        return f"must be {'at least' if validator == 'minimum' else 'at most'} {wanted}."
    return f"does not fit the schema ({validator})."


def _kind_of(value: object) -> str:
    if isinstance(value, bool):
        return f"{value}".lower()
    kinds = {str: "a text", int: "a number", float: "a number", list: "a list", dict: "an object", type(None): "null"}
    return kinds[type(value)]


def _meant(name: str, known: list[str]) -> str:
    if _TODAY.get(name) in known:
        return f' It is "{_TODAY[name]}" here.'
    return suggestion(name, known) or f" There are {listed(known)}."


def _top(value: dict[str, Any]) -> str:
    if "setups" in value:
        return 'has "setups" and "pipelines", the older shape of it: keep one of them.'
    return 'needs the list "setups" (or, in the older shape, "pipelines").'
