*** Settings ***
Documentation       Every trap of the history in one run: <script>alert("doc")</script> & "quotes" ✓
...                 \nSecond line, a variable: ${TEMPDIR}
Metadata            Version    1.0-ünïcödé 🐙
Metadata            <b>Key & "quotes"</b>    *bold* http://example.org/?a=b&c=d
Metadata            Resolved    ${SUITE_NAME}
Suite Setup         Log    The top goes up
Suite Teardown      Log    The top goes down
Test Tags           all    traps
