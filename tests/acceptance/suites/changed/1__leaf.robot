*** Settings ***
Suite Teardown      Set Suite Metadata    Left    behind    top=True

*** Test Cases ***
Sets Metadata
    [Tags]    drop-early    drop-late
    Set Suite Metadata    From Test    yes    top=True
    Set Suite Metadata    Mine    1
    Set Suite Documentation    child doc

Fails
    [Tags]    kept
    Fail    y

Flipped By Early
    [Tags]    flip-early
    Fail    y

Flipped By Late
    [Tags]    flip-late
    Fail    y

Flopped By Late
    [Tags]    flip-late
    Set Suite Metadata    Mine    2    append=True

Dropped By Early
    Fail    y

Dropped By Late
    Fail    y
