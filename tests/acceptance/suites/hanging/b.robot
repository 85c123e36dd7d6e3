*** Test Cases ***
Passes Before
    Log    fine

Hangs
    Sleep    10 minutes

Never Reached
    Log    fine
