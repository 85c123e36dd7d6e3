*** Settings ***
Resource            ../../lab.resource
Suite Setup         Reach The Device
Suite Teardown      Free The Bench
Test Tags           switching    rstp


*** Test Cases ***
Ring Of Four Settles Within 2 Seconds
    Configure    rstp on ports 9-12
    Topology Should Settle    2

Root Moves When The Root Bridge Fails
    Power Cycle
    Topology Should Settle    6

BPDU Guard Shuts The Edge Port
    [Tags]    security
    Configure    port 3 edge bpdu-guard
    Packet Should Be Dropped    bpdu on edge port
