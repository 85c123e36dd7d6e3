*** Settings ***
Suite Setup         Set Suite Documentation    from setup
Suite Teardown      Skip    late

*** Test Cases ***
Passes
    Log    x

Fails
    Fail    y
