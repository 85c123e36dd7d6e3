*** Settings ***
Documentation       Imports that fail, a suite setup that does not exist, a variable in the metadata that does not either.
Metadata            Lost    ${NOT_THERE}
Metadata            Number    ${42}
Library             NoSuchLibrary
Resource            no_such.resource
Variables           no_such.py
Suite Setup         No Such Setup Keyword
Suite Teardown      No Such Teardown Keyword


*** Test Cases ***
Never Run
    Log    never
