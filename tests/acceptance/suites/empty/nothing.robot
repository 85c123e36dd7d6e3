*** Settings ***
Documentation       Nothing here.
Suite Setup         Fail    Never run: there is no test


*** Keywords ***
Unused
    No Operation
