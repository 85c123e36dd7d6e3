*** Settings ***
Suite Setup         Skip    no rig

*** Test Cases ***
Not Run
    Log    x
