*** Settings ***
Suite Teardown      Log    after the fatal error
