*** Settings ***
Documentation       A suite teardown whose message needs cleaning, in HTML, of several failures.
Library             keywords.py
Variables           values.py
Suite Teardown      Run Keywords    Fail With    *HTML* <b>bold</b> ${CONTROL}${CRLF}end    AND    Raise Odd Error


*** Test Cases ***
Passes First
    Log    fine

Fails In Html First
    Fail    *HTML* <i>italic</i> <script>alert(1)</script>

Several Failures First
    Fail And Continue    one
    Fail    *HTML* <u>two</u>
