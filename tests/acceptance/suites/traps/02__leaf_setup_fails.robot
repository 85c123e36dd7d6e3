*** Settings ***
Suite Setup         Fail    The suite setup failed\nin two lines
Suite Teardown      Log    still runs


*** Test Cases ***
Never Run
    Log    never

Never Run Either
    [Setup]    Fail    never
    Log    never

Skipped By Tag In A Failed Suite
    [Tags]    robot:skip
    Log    never
