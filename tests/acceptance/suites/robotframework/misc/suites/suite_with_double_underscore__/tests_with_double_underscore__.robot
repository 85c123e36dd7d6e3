*** Test Cases ***
Test With Double Underscore
    Log    Test With Double Underscore
    Sleep    0.001    Make sure elapsed time > 0
