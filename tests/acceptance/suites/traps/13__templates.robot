*** Settings ***
Test Template       Should Be Equal


*** Test Cases ***
Continues After Failures
    a    a
    a    b
    c    d

Stops At The First
    [Tags]    robot:stop-on-failure
    a    b
    c    d

Passing
    a    a

Own Template
    [Template]    The ${thing} should be ${expected}
    sky    blue
    sea    green

Template With Loop
    FOR    ${x}    IN    a    b    c
        ${x}    b
    END

Template With Skip
    [Template]    Run Keyword
    Skip    first
    Fail    second

Template With Teardown
    [Teardown]    Fail    in the teardown
    a    b

No Template
    [Template]    NONE
    Fail    once
    Fail    never


*** Keywords ***
The ${thing} should be ${expected}
    Should Be Equal    ${expected}    blue    The ${thing} is not blue
