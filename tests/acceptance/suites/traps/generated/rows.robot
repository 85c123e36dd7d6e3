*** Settings ***
Library             generator.py    rows=40


*** Test Cases ***
Template Of Rows
    Should Not Contain    ${TEST_NAME}    Row 7

Makes More
    Log    fine
