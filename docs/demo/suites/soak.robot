*** Settings ***
Name                Soak Under Mixed Traffic
Documentation       Long load. A core dump found at the end fails every test of the suite.
Resource            ../lab.resource
Suite Setup         Boot The Device
Suite Teardown      Collect Core Dumps
Test Tags           load    slow


*** Test Cases ***
20 Minutes Of Mixed Traffic
    Run Load    20

Memory Of The Daemons Is Stable
    FOR    ${process}    IN    routed    snmpd    httpd
        Memory Should Be Stable    ${process}
    END

Fans Turn Under Load
    Fans Should Turn

Console Still Answers
    Open Console
