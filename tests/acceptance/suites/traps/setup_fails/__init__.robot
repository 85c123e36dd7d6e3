*** Settings ***
Suite Setup         Fail    The directory's setup failed
Suite Teardown      Log    still runs
