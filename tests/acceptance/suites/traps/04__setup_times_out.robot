*** Settings ***
Suite Setup         Too Slow
Suite Teardown      Fail    and the teardown fails too


*** Test Cases ***
Never Run
    Log    never


*** Keywords ***
Too Slow
    [Timeout]    50 ms
    Sleep    5 s
