*** Settings ***
Suite Setup         Fail    never


*** Test Cases ***
Never Run Here
    [Tags]    own
    Log    never

Skipped By Tag
    [Tags]    robot:skip
    Log    never
