*** Settings ***
Suite Setup         Fail    no rig
Suite Teardown      Sleep    10ms

*** Test Cases ***
Not Run
    Log    x
