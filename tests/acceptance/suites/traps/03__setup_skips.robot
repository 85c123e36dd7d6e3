*** Settings ***
Suite Setup         Skip    The suite setup skipped
Suite Teardown      Log    still runs


*** Test Cases ***
Skipped
    Fail    never

Skipped Too
    Log    never
    [Teardown]    Fail    never
