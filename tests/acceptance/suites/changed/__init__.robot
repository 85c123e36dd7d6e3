*** Settings ***
Documentation       root
Metadata            Static    one
Suite Setup         Root Setup
Suite Teardown      Fail    root <b>teardown</b>

*** Keywords ***
Root Setup
    Set Suite Metadata    SUT Version    1.2.3
    Set Suite Documentation    and more    append=True
    Sleep    20ms
