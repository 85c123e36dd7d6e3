"""What somebody may call a test, or send in place of a request, to see what happens."""

from __future__ import annotations

CAUGHT = "top.caught=1"
"""What a script does that should never have run."""

NAMES = {
    "script": f"<script>{CAUGHT}</script>",
    "image": f'<img src=x onerror="{CAUGHT}">',
    "vector": f"<svg/onload={CAUGHT}><a xlink:href='javascript:{CAUGHT}'>",
    "frame": f'<iframe srcdoc="<script>parent.{CAUGHT}</script>"></iframe>',
    "end of everything": f"--></title></textarea></style></script></template><script>{CAUGHT}</script><!--",
    "double quote": f'" autofocus onfocus="{CAUGHT}" x="',
    "single quote": f"' onmouseover='{CAUGHT}' style='position:fixed;inset:0' x='",
    "entities": "&lt;script&gt;&#x22;&amp;&nbsp;&bogus;",
    "form": "<form action=//evil.example><button>Log in</button></form><base href=//evil.example>",
    "style": "<style>*{display:none}</style>}*{display:none}",
    "marked as HTML": f"*HTML*<b>bold</b><img src=x onerror={CAUGHT}>",
    "javascript": f"javascript:{CAUGHT}//",
    "javascript in disguise": f"\tjava\nscript:{CAUGHT}",
    "data": f"data:text/html,<script>{CAUGHT}</script>",
    "template": "{{7*7}}{{config}}{% raw %}${7*7}#{7*7}<%=7*7%>{{constructor.constructor('alert(1)')()}}",
    "format": "%s%n%(secret)s{0.__class__}{secret!r}",
    "prototype": "__proto__",
    "constructor": "constructor",
    "statement": "'; DROP TABLE run; --",
    "end of data": "\\.\n\\N\t\\",
    "path": "../../../../etc/passwd",
    "right to left": "\u202egnp.exe\u2067 never closed \u2066\u202b",
    "arabic": "حالة اختبار من اليمين إلى اليسار",
    "zero width": "adm\u200bin\u200d\ufeff\u2060\u00ad",
    "invisible": "\u200b\u2060\u3164",
    "spaces": " \u00a0\u2003 ",
    "tower": "Z" + "\u0301\u0323\u0308" * 40 + "algo",
    "emoji": "👩‍👩‍👧‍👦🏳️‍🌈🇫🇮" * 8,
    "ligature": "﷽" * 40,
    "ansi": "\x1b[31mred\x1b[0m\x1b]0;caught\x07\x1b[2J",
    "controls": "bell\x07back\x08\x08delete\x7fnext\x85csi\x9b31m",
    "lines": "one\r\nSet-Cookie: caught=1\r\n\r\n<script>\u2028\u2029two",
    "no characters": "\ufffe\uffff\ufdd0",
    "one word": "W" * 600,
    "long": "long <b>" * 12_400,
}
"""By what is odd about them. Each is valid in JSON, and in Python's strings."""

NUL = "before\x00after"

URLS = (
    f"javascript:{CAUGHT}",
    f"JaVaScRiPt:{CAUGHT}",
    f"\x01javascript:{CAUGHT}",
    f"data:text/html,<script>{CAUGHT}</script>",
    "vbscript:msgbox(1)",
    "file:///etc/passwd",
    "//evil.example/",
    f'https://ci.example/" onmouseover="{CAUGHT}',
)

LINE = "2026-01-01 00:00:00 INFO livewall_dashboard: forged"
"""A line that nobody but the program itself writes."""
LINE_BREAKS = ("\r\n", "\n", "\r", "\x0b", "\x85", "\u2028")

TRAVERSALS = (
    "../setups_config.json",
    "..%2f..%2f..%2fetc%2fpasswd",
    "%2e%2e/%2e%2e/%2e%2e/etc/passwd",
    "..%252f..%252fetc%252fpasswd",
    "..%5c..%5cetc%5cpasswd",
    "....//....//etc/passwd",
    "..;/..;/etc/passwd",
    "%c0%ae%c0%ae/etc/passwd",
    "%u002e%u002e/etc/passwd",
    "/etc/passwd",
    "//etc/passwd",
    "%2fetc%2fpasswd",
    "file:%2f%2f%2fetc%2fpasswd",
    "..%00/etc/passwd",
    "log.html%00.png",
    "log.html%0d%0aX-Forged:%201",
    ".%2e/.%2e/.%2e/proc/self/environ",
    "C:%5cwindows%5cwin.ini",
    "%2e",
    "%2e%2e",
    "~root/.ssh/id_rsa",
    "nul",
)
"""Names of files that are none of ours, as they stand in an address."""
