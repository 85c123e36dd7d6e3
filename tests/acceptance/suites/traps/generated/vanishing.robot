*** Settings ***
Library             generator.py


*** Test Cases ***
First
    Log    fine

Dropped While Running
    Fail    never

Excludes The Next
    Log    fine

Is Excluded
    Fail    never

Excluded By Variable
    [Tags]    ${{ 'robot:exclude' }}
    Fail    never

Makes More
    Log    fine

Last
    Log    fine
