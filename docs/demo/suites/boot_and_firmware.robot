*** Settings ***
Documentation       From power to a login prompt, and what must be true before anybody logs in.
Metadata            Requirement    EOS-100 to EOS-140
Resource            ../lab.resource
Suite Setup         Power Cycle
Suite Teardown      Free The Bench
Test Tags           boot


*** Test Cases ***
Device Boots Within 45 Seconds
    [Tags]    smoke
    Boot The Device

Bootloader Is Locked
    [Tags]    security
    Read Bootloader State

Firmware Version Matches The Release
    [Tags]    smoke
    Firmware Should Be    4.3.1

Secure Boot Refuses An Unsigned Image
    [Tags]    security
    Power Cycle
    Read Bootloader State

Watchdog Resets A Hung Kernel
    Hang The Kernel
    Wait For Login Prompt    60

Fans Turn And The Board Stays Cool
    Fans Should Turn
