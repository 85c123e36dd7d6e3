*** Settings ***
Suite Teardown      Fail    Level 2 teardown failed
