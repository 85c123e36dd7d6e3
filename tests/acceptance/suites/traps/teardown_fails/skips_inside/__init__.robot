*** Settings ***
Metadata            Level    2
Suite Teardown      Skip    Level 2 teardown skipped
