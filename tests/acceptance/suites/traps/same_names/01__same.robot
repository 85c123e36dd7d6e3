*** Settings ***
Documentation       The first of two suites with one name.


*** Test Cases ***
Twin
    Log    first

Twin
    Fail    second

twin
    Log    third: the same for Robot Framework, another text

Twin
    Skip    fourth

Deep.Twin
    Log    the one in Same
