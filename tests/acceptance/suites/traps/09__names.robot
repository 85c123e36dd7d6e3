*** Settings ***
Variables           values.py
Suite Setup         Set Suite Variable    ${FROM_SETUP}    resolved 🐙


*** Variables ***
${VALUE}            a value with <b>markup</b>


*** Test Cases ***
${LONG_NAME}
    Fail    long

${OTHER_LONG_NAME}
    Log    longer

Emoji 🐙🧪👩‍👩‍👧‍👦🇫🇮 ünïcödé ẞ İ
    Log    fine

حالة اختبار من اليمين إلى اليسار
    Log    fine

测试用例 — テスト — 시험
    Fail    失敗 ✗

Combining e\u0301 and composed \u00e9
    Log    fine

<script>alert("name")</script><img src=x onerror=alert(1)>
    Log    fine

Dots.in.a.name... like a long.name.
    Log    fine

Control characters ${CONTROL} in a name
    Log    fine

Separators ${SEPARATORS} in a name
    Log    fine

Line\nbreak and\ttab in a name
    Log    fine

Carriage return${CR}and${CRLF}both in a name
    Log    fine

${SPACE}Spaces around${SPACE * 3}
    Log    fine

${EMPTY}
    Log    a name that is empty

With ${VALUE}
    Log    fine

With ${FROM_SETUP}
    Log    fine

With ${MISSING} variable
    Log    fine

'; DROP TABLE result; -- "quoted" `ticks` $1 :name %s %(x)s {0}
    Log    fine

\\N
    Log    COPY's own NULL

\\.
    Log    COPY's own end

NULL
    Log    fine

C:\\temp\\new\\u0041
    Log    fine

a-t1
    Log    A name that looks like an id

s1-s1-t1
    Log    A name that is an id
