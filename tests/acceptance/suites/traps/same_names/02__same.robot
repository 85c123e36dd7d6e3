*** Settings ***
Documentation       The second of two suites with one name.


*** Test Cases ***
Twin
    Log    fifth

Other
    Log    fine
