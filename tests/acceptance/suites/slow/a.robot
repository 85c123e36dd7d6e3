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
    [Teardown]    Pause And Hold At    teardown

After The Wait
    Pause
