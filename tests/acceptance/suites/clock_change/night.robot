*** Settings ***
Library           Clock.py
Suite Setup       Log    Before the change

*** Test Cases ***
Before The Change
    Go To Just Before The Change

Over The Change
    Wait For The Change

After The Change
    Log    After

Fails After The Change
    Fail    No
