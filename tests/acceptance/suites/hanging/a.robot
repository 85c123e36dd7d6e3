*** Test Cases ***
Passes
    Log    fine

Fails
    Fail    Own
