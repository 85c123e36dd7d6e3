*** Settings ***
Documentation       Who gets in, by which way, and who does not.
Resource            ../lab.resource
Suite Setup         Open Console
Suite Teardown      Free The Bench
Test Tags           login


*** Test Cases ***
Admin Logs In On The Console
    [Tags]    smoke
    Log In    admin    over=console

Admin Logs In Over SSH
    [Tags]    smoke
    Wait Until Keyword Succeeds    2x    1 s    Log In    admin    over=ssh

Operator Logs In Over HTTPS
    Log In    operator    over=https

Wrong Password Is Refused
    [Tags]    security
    Login Should Be Refused    admin

Account Locks After Five Attempts
    [Tags]    security
    FOR    ${attempt}    IN RANGE    5
        Login Should Be Refused    guest
    END

RADIUS Falls Back To Local Users
    Needs    RADIUS server
    Log In    admin    over=RADIUS

Session Ends After 10 Idle Minutes
    [Tags]    slow
    Log In    operator    over=https
    Wait For Idle Logout    10
