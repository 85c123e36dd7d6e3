*** Settings ***
Library             steady.py    ${FLAG}    pause=${PAUSE}
Suite Setup         Log    up
Suite Teardown      Fail    The teardown corrects every test of this suite


*** Variables ***
${PAUSE}            0.004


*** Test Cases ***
First
    Work    1
