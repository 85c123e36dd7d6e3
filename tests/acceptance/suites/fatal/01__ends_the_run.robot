*** Settings ***
Suite Teardown      Log    after the fatal error


*** Test Cases ***
Passes
    Log    fine

Ends It All
    Fatal Error    No way on
    [Teardown]    Fail    and its teardown fails

Never Run
    Log    never
