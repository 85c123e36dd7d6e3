*** Settings ***
Suite Setup         Skip    Leaf setup skipped


*** Test Cases ***
Never Run
    Log    never
