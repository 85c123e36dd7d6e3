*** Settings ***
Library             steady.py    ${FLAG}
Suite Setup         Log    up
Suite Teardown      Fail    The teardown corrects every test of this suite


*** Test Cases ***
First
    Work    1
