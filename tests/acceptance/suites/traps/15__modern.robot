*** Settings ***
Name                A suite's own name: 🐙 <b>&</b> "dots.in.it"
Documentation       What only Robot Framework 7.2 and later know.


*** Test Cases ***
Group And Var
    GROUP    A named group
        VAR    ${x}    1
        Log    ${x}
    END

Group Fails
    GROUP    Outer
        GROUP
            Fail    in a group without a name
        END
    END
