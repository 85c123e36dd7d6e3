*** Settings ***
Name                Upgrade From 4.2
Documentation       An upgrade keeps what the customer configured, and a bad image changes nothing.
Resource            ../lab.resource
Suite Setup         Flash Image    edge-os-4.2.7.img
Suite Teardown      Free The Bench
Test Tags           upgrade


*** Test Cases ***
Upgrade To 4.3.1
    [Tags]    smoke
    Flash Image    edge-os-4.3.1.img
    Wait For Login Prompt
    Firmware Should Be    4.3.1

Settings Survive The Upgrade
    Reach The Device
    Settings Should Be Kept

Downgrade Is Refused Without Force
    Reach The Device
    Configure    request system downgrade 4.2.7

Power Loss While Writing Falls Back To Slot A
    [Tags]    slow
    Power Cycle
    Wait For Login Prompt    90
    Firmware Should Be    4.3.1
