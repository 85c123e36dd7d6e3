*** Settings ***
Resource            waiting.resource
Suite Teardown      Run Keyword If    '${SUITE_NAME}' == 'Slow.C'    Fail    Teardown of ${SUITE_NAME} failed


*** Test Cases ***
One Of B
    Pause

Two Of B
    Fail    Own
    [Teardown]    Pause

Three Of B
    Skip    Own

Four Of B
    Pause
