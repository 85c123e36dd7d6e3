*** Settings ***
Documentation       Its test has the longname of another one: Same + Deep.Twin, and Same.Deep + Twin.


*** Test Cases ***
Twin
    Fail    the one in Same.Deep
