*** Settings ***
Documentation       Every way a test, its setup and its teardown can end.
Library             keywords.py
Suite Setup         Log    up
Suite Teardown      Log    down


*** Test Cases ***
Passes
    Log    fine

Fails
    Fail    It failed

Skips
    Skip    Not today

Skips From Python
    Skip From Python    Not in Python either

Skip If True
    Skip If    True    Because it is so

Passes Early
    Pass Execution    Enough
    Fail    Never here

Passes Early With Tags
    Pass Execution    Enough    early    -traps

Skipped By Tag
    [Tags]    robot:skip
    Fail    Never here

Setup Fails
    [Setup]    Fail    In the setup
    Log    Never here

Setup Skips
    [Setup]    Skip    In the setup
    Log    Never here

Setup Passes Early
    [Setup]    Pass Execution    In the setup
    Log    Here though

Setup Times Out
    [Setup]    Keyword That Times Out
    Log    Never here

Teardown Fails
    Log    fine
    [Teardown]    Fail    In the teardown

Teardown Skips
    Log    fine
    [Teardown]    Skip    In the teardown

Teardown Skips After Failure
    Fail    First
    [Teardown]    Skip    In the teardown

Teardown Passes Early After Failure
    Fail    First
    [Teardown]    Pass Execution    In the teardown

Teardown Times Out
    Log    fine
    [Teardown]    Keyword That Times Out

Body And Teardown Fail
    Fail    In the body
    [Teardown]    Fail    In the teardown

Setup And Teardown Fail
    [Setup]    Fail    In the setup
    Log    Never here
    [Teardown]    Fail    In the teardown

Several Failures
    Run Keyword And Continue On Failure    Fail    one
    Run Keyword And Continue On Failure    Fail    two
    Fail And Continue    three
    Skip    but skipped in the end

Skip After Continuable Failure
    Fail And Continue    one
    Skip    Skipped though

Test Timeout
    [Timeout]    100 ms
    Sleep    5 s

Test Timeout In Setup
    [Setup]    Sleep    5 s
    [Timeout]    100 ms
    Log    Never here

Test Timeout Does Not Stop Teardown
    [Timeout]    100 ms
    Sleep    5 s
    [Teardown]    Sleep    150 ms

Test Timeout From Variable
    [Timeout]    ${{ 0.05 }}
    Sleep    5 s

Keyword Timeout
    Keyword That Times Out

Busy Python Loop Times Out
    [Timeout]    100 ms
    Evaluate    [0 for _ in iter(int, 1)]

Keyword Missing
    No Such Keyword Anywhere

Variable Missing
    Log    ${NO_SUCH_VARIABLE}

Wrong Number Of Arguments
    Log

Empty

Invalid Setting
    [Nonsense]    value
    Log    fine

Invalid Syntax
    FOR    ${x}    IN    1    2
        Log    ${x}

Python Recursion
    Recurse Forever

Recursion Through Robot
    Recurse Through Robot

Recursion In Data
    Calls Itself

Odd Error
    Raise Odd Error

No Message
    Fail Without Message

Warnings And Errors
    Warn And Error    3    2
    Log    one more    WARN


*** Keywords ***
Keyword That Times Out
    [Timeout]    50 ms
    Sleep    5 s

Calls Itself
    Calls Itself
