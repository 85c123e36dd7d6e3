*** Settings ***
Name                NAT And Firewall
Resource            ../../lab.resource
Suite Setup         Reach The Device
Suite Teardown      Free The Bench
Test Tags           routing    firewall


*** Test Cases ***
Default Policy Drops Everything
    [Tags]    smoke    security
    Packet Should Be Dropped    deny any any

Masquerading Hides The Inside
    Configure    nat source 10.0.0.0/8
    Packet Should Be Dropped    source 10.0.0.0/8 on wan0

10,000 Rules Load Within 5 Seconds
    [Tags]    slow
    Configure    load acl-10k
    Packet Should Be Dropped    rule 10000
