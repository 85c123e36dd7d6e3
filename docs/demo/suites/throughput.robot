*** Settings ***
Resource            ../lab.resource
Suite Setup         Reach The Device
Suite Teardown      Free The Bench
Test Tags           load    slow
Test Template       Port Forwards At Line Rate


*** Test Cases ***    PORT    MBIT/S
Port 1, 1 Gbit/s        1       940
Port 2, 1 Gbit/s        2       940
Port 9, 10 Gbit/s       9       9400
Port 10, 10 Gbit/s      10      9400


*** Keywords ***
Port Forwards At Line Rate
    [Arguments]    ${port}    ${at least}
    Measure Throughput    ${port}    ${at least}
