*** Settings ***
Suite Teardown      Skip    Deepest leaf teardown skipped


*** Test Cases ***
Passes
    Log    fine

Fails
    Fail    Own
    [Teardown]    Fail    Own teardown
