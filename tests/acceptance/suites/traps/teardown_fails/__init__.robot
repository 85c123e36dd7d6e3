*** Settings ***
Metadata            Level    1
Suite Setup         Log    up
Suite Teardown      Fail    Level 1 teardown failed


*** Keywords ***
Unused
    No Operation
