*** Settings ***
Library             steady.py    ${FLAG}    pause=${PAUSE}    words=${WORDS}
Suite Setup         Log    up
Suite Teardown      Fail    The teardown corrects every test of this suite


*** Variables ***
${PAUSE}            0.004
${WORDS}            0


*** Test Cases ***
First
    Work    1
