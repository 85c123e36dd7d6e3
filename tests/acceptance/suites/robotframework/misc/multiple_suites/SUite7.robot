*** Settings ***
Library           Non Existing

*** Test Cases ***
test1
    No Operation

test2
    No Operation

test3
    No Operation

test4
    No Operation

test5
    No Operation

test6
    No Operation

test7
    No Operation

test8
    No Operation

test9
    No Operation

test10
    No Operation

test11
    No Operation

test12
    No Operation
