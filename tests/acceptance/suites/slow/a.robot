*** Settings ***
Resource            waiting.resource
Suite Setup         Pause
Suite Teardown      Pause


*** Test Cases ***
Quick
    Log    fine

Fails At Once
    Fail    Own

Waits In The Middle
    [Setup]    Pause
    IF    $FLAG    Wait For The Flag
    [Teardown]    Pause

After The Wait
    Pause
