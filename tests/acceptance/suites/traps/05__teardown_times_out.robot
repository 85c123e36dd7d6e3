*** Settings ***
Suite Setup         Log    up
Suite Teardown      Too Slow


*** Test Cases ***
Passes First
    Log    fine

Fails First
    Fail    Own message

Skips First
    Skip    Own message


*** Keywords ***
Too Slow
    [Timeout]    50 ms
    Sleep    5 s
