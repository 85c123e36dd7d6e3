*** Settings ***
Resource            shared.resource
Suite Setup         Run Setup Only Once    Log    once


*** Test Cases ***
Works Under A Lock
    Under A Lock

Skips
    Skip    Own
