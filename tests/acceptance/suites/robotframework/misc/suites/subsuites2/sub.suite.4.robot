*** Test Cases ***
Test From Sub Suite 4
    Sleep    0.001    Make sure elapsed time > 0
