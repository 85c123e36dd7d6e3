"""Takes secrets out of what a build said, before any of it is stored.

A password in the address of a source, one given to configure, one in the environment: each is written into input.txt,
config.log and whatever prints its command line.
"""

from __future__ import annotations

import re

MASK = b"***"
HINTS = (
    b"://", b"passw", b"passphrase", b"secret", b"token", b"credential", b"authorization", b"akia", b"ghp_", b"gho_",
    b"ghu_", b"ghs_", b"ghr_", b"glpat-", b"xox",
)  # fmt: skip
"""Lower case: a line with a secret has one of these, or of `KEYS`."""
KEYS = (
    b"apikey", b"api_key", b"api-key", b"accesskey", b"access_key", b"access-key", b"privatekey", b"private_key",
    b"private-key",
)  # fmt: skip
"""Looked for where there is a key at all."""
_IN_URL = re.compile(rb"(://[^\s/:@'\"<>]{0,200}:)([^\s/'\"<>]{1,500})(?=@)")
_NAMED = re.compile(
    rb"((?:passw(?:or)?d|passphrase|secret|token|api[_-]?key|access[_-]?key|private[_-]?key|credentials?)[\w-]{0,40}"
    rb"\\?[\"']?\s?=\s?)(\\?[\"']?)([^\s\"'\\;&|]{4,1000})",
    re.IGNORECASE,
)
_HEADER = re.compile(rb"(authorization: ?(?:bearer|basic|token) )([^\s\"']{4,2000})", re.IGNORECASE)
_TOKENS = re.compile(rb"\b(?:AKIA[0-9A-Z]{16}|gh[pousr]_\w{30,255}|glpat-[\w-]{20,255}|xox[abprs]-[\w-]{10,255})")
_LONGEST = 64 * 1024
"""Bytes of a line that are looked through at once, so that no line costs more than its length."""


def mask(block: bytes) -> bytes:
    """The block with secrets replaced by ***; the very block where it has none."""
    lowered = block.lower()
    if not (any(hint in lowered for hint in HINTS) or (b"key" in lowered and any(hint in lowered for hint in KEYS))):
        return block
    return b"".join(map(mask_line, block.splitlines(keepends=True)))


def mask_text(text: str) -> str:
    return mask(text.encode("utf-8", "surrogateescape")).decode("utf-8", "replace")


def mask_line(line: bytes) -> bytes:
    if len(line) > _LONGEST:
        return b"".join(mask_line(line[at : at + _LONGEST]) for at in range(0, len(line), _LONGEST))
    line = _IN_URL.sub(rb"\1" + MASK, line)
    line = _NAMED.sub(_without_value, line)
    line = _HEADER.sub(rb"\1" + MASK, line)
    return _TOKENS.sub(MASK, line)


def _without_value(found: re.Match[bytes]) -> bytes:
    name, quote, value = found.groups()
    if value.startswith((b"$", MASK)) or value in _NO_SECRETS:
        return found[0]  # a variable's name, not its value
    return bytes(name + quote + MASK)


_NO_SECRETS = frozenset((b"none", b"null", b"true", b"false", b"unset"))
