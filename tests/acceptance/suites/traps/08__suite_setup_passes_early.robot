*** Settings ***
Suite Setup         Pass Execution    Early in the setup
Suite Teardown      Pass Execution    Early in the teardown


*** Test Cases ***
Runs
    Log    fine
