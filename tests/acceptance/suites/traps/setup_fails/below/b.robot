*** Test Cases ***
Never Run Below
    Log    never

Skipped By Tag Below
    [Tags]    robot:skip
    Log    never
