*** Settings ***
Resource            waiting.resource
Suite Teardown      Run Keyword If    '${SUITE_NAME}' == 'Slow.C'    Fail    Teardown of ${SUITE_NAME} failed


*** Test Cases ***
One Of C
    Pause

Two Of C
    Fail    Own
    [Teardown]    Pause

Three Of C
    Skip    Own

Four Of C
    Pause
