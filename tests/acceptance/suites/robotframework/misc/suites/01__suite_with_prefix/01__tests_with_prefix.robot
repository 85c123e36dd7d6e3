*** Test Cases ***
Test With Prefix
    Log    Test With Prefix
    Sleep    0.001    Make sure elapsed time > 0
