*** Settings ***
Suite Setup         Log    up
Suite Teardown      Log    down
