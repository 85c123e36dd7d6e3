*** Test Cases ***
Passes Before
    Log    fine

Hangs
    Evaluate    open($HANGS, 'w').close()
    Sleep    10 minutes

Never Reached
    Log    fine
