*** Test Cases ***
Passes
    Log    fine

Fails
    Fail    Own

Skips
    Skip    Own

Has Message Though Passing
    Set Test Message    A message of a test that passed
