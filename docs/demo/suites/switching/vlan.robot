*** Settings ***
Name                VLAN
Resource            ../../lab.resource
Suite Setup         Reach The Device
Suite Teardown      Free The Bench
Test Tags           switching    vlan


*** Test Cases ***
Access Port Strips The Tag
    [Tags]    smoke
    Configure    port 7 access vlan 120
    Frames Should Leave    7    120

Trunk Carries 4094 VLANs
    Configure    port 24 trunk vlan 1-4094
    Frames Should Leave    24    4094

Native VLAN Is Untagged
    Configure    port 24 native vlan 99
    Frames Should Leave    24    99

Double Tagged Frames Are Dropped
    [Tags]    security
    Packet Should Be Dropped    drop ethertype 0x88a8
