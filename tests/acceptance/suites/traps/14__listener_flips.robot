*** Settings ***
Documentation       A library's listener changes results after the test has ended.
Library             flipper.py


*** Test Cases ***
Pass Becomes Fail
    Log    fine

Fail Becomes Pass
    Fail    Own

Pass Becomes Skip
    Log    fine

Message And Tags Change
    Fail    Own

Stays
    Log    fine
