*** Settings ***
Variables           values.py
Suite Setup         Set Tags    from-setup    robot:continue-on-failure
Suite Teardown      Run Keyword And Expect Error    *    Set Tags    too late
Test Tags           common    Ünïcödé tag 🐙


*** Test Cases ***
Sets Tags
    Set Tags    new    Another one    COMMON

Removes Tags
    Remove Tags    common    from-*

Removes All Tags
    Remove Tags    *

Own Tags
    [Tags]    own    -common    with space    ${SUITE_NAME}    ${EMPTY}
    Log    fine

Odd Tags
    [Tags]    a,b    {a,b}    "quoted"    back\\slash    NULL    <b>bold</b>    ;DROP    new\nline    tab\ttag
    Log    fine

Control Tags
    Set Tags    ctrl-${CONTROL}    sep-a\x1fb    a    b

Many Tags
    Set Tags    @{MANY_TAGS}

Long Tag
    Set Tags    ${LONG_NAME}

Tags Set In Teardown
    Log    fine
    [Teardown]    Set Tags    in-teardown

Tags Set While Failing
    Set Tags    set-first
    Fail    Fails with tags    fail-tag    -common

Continue On Failure By Tag From Setup
    Fail    one
    Fail    two
