*** Settings ***
Name                OSPF
Resource            ../../lab.resource
Suite Setup         Reach The Device
Suite Teardown      Free The Bench
Test Tags           routing    ospf


*** Test Cases ***
Neighbor Comes Up On Every Uplink
    [Tags]    smoke
    FOR    ${address}    IN    10.0.0.2    10.0.1.2
        Neighbor Should Be Full    ${address}
    END

Graceful Restart Keeps The Routes
    Power Cycle
    Neighbor Should Be Full    10.0.0.2

Authentication Mismatch Is Logged
    Configure    area 0 authentication hmac-sha-256
    Packet Should Be Dropped    ospf hello with wrong key
