*** Settings ***
Suite Teardown      Skip    Level 1 teardown skipped
