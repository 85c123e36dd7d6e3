*** Settings ***
Library             Nesting.py
Suite Setup         Log    outer setup
Suite Teardown      Log    outer teardown

*** Variables ***
${LISTENER}         ${EMPTY}

*** Test Cases ***
Before
    Log    x

Runs Another Robot
    [Tags]    nests
    Run Another Robot    ${OUTPUT DIR}/inner    ${LISTENER}

After
    Fail    y
