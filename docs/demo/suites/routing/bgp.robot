*** Settings ***
Name                BGP
Resource            ../../lab.resource
Suite Setup         Reach The Device
Suite Teardown      Free The Bench
Test Tags           routing    bgp


*** Test Cases ***
Full Table Arrives Within 60 Seconds
    [Tags]    slow
    Routes Should Arrive    948112

Withdrawn Prefix Leaves The FIB
    Routes Should Arrive    12

Maximum Prefix Limit Closes The Session
    Configure    neighbor 192.0.2.1 maximum-prefix 1000
    Packet Should Be Dropped    prefix 1001
