*** Settings ***
Documentation       Without tests; runs with --runemptysuite only.
Suite Setup         Log    up
Suite Teardown      Log    down
