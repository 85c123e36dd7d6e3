*** Settings ***
Library             steady.py    ${FLAG}    limit=20


*** Test Cases ***
First
    Work    1

Second
    Work    2
