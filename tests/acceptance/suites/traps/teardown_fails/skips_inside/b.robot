*** Settings ***
Suite Teardown      Fail    Leaf teardown failed


*** Test Cases ***
Passes
    Log    fine

Fails
    Fail    Own

Skips
    Skip    Own
