*** Settings ***
Resource            waiting.resource
Suite Teardown      Run Keyword If    '${SUITE_NAME}' == 'Slow.C'    Fail    Teardown of ${SUITE_NAME} failed


*** Test Cases ***
One Of D
    Pause

Two Of D
    Fail    Own
    [Teardown]    Pause

Three Of D
    Skip    Own

Four Of D
    Pause And Hold At    end
