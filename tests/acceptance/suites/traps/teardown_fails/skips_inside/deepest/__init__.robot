*** Settings ***
Metadata            Level    3
Suite Setup         Log    up
Suite Teardown      Too Slow


*** Keywords ***
Too Slow
    [Timeout]    30 ms
    Sleep    5 s
