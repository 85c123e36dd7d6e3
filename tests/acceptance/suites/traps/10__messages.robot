*** Settings ***
Library             keywords.py
Variables           values.py


*** Test Cases ***
Set Message
    Set Test Message    Set while passing

Set Message Then Fail
    Set Test Message    Overwritten
    Fail    By the failure

Append To Message
    Set Test Message    One
    Set Test Message    two    append=True
    Set Test Message    three    append=True

Html Message
    Set Test Message    *HTML*<b>bold</b> <script>alert(1)</script>
    Set Test Message    & more <i>text</i>    append=True

Html Failure
    Fail In Html    <b>bold</b> & <i>italic</i>

Html Failure And Text Teardown
    Fail In Html    <b>bold</b>
    [Teardown]    Fail    text & <more>

Message Set In Teardown
    Log    fine
    [Teardown]    Set Test Message    Set in the teardown

Message Appended In Teardown After Failure
    Fail    First
    [Teardown]    Set Test Message    and in the teardown    append=True

Message Of Spaces
    Set Test Message    ${SPACE}${SPACE}around${SPACE}

Message With Line Ends
    Set Test Message    a\nb${CR}c${CRLF}d\n${EMPTY}

Message With Line Ends Failing
    Fail With    a\nb${CR}c${CRLF}d\n${EMPTY}

Control Characters
    Fail With    ${CONTROL}${SEPARATORS}

Control Characters Only
    Set Test Message    \x01\x02\x03

Null Byte
    Fail With    before\x00after

Empty Failure
    Fail    ${EMPTY}

Not Text
    Fail    ${{ {'a': [1, None, b'bytes', '\ud83d\ude00'.encode('utf-16', 'surrogatepass').decode('utf-16')]} }}

Emoji And Right To Left
    Fail    🐙 \u202eRTL عربى 👩‍👩‍👧‍👦

Long Message
    Set Test Message    ${LONG_MESSAGE}

Huge Message
    Set Test Message    ${HUGE_MESSAGE}

Many Lines
    Fail With    ${MANY_LINES}

Sql
    Fail With    '); DROP TABLE result; -- \\N \\. "quoted" {a,b} NULL %s $1

Xml
    Fail With    ]]> <![CDATA[x]]> &amp; &#0; &lt; <!-- --> <?pi?>

Long Failure Through Robot
    Should Be Equal    ${LONG_MESSAGE}    other
