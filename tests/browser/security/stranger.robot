*** Test Cases ***
Renamed Before The Run
    No Operation
