*** Settings ***
Suite Setup         Fail    Deepest leaf setup failed


*** Test Cases ***
Never Run
    Log    never
