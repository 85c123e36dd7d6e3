*** Test Cases ***
For
    FOR    ${x}    IN RANGE    5
        IF    ${x} == 3    BREAK
        IF    ${x} == 1    CONTINUE
        Log    ${x}
    END

For Fails
    FOR    ${x}    ${y}    IN ZIP    ${{ [1, 2] }}    ${{ ['a', 'b'] }}
        Fail    ${x} and ${y}
    END

While Reaches Limit
    WHILE    True    limit=5
        No Operation
    END

While Reaches Limit And Passes
    WHILE    True    limit=3    on_limit=pass
        No Operation
    END

Try Except Finally
    TRY
        Fail    caught
    EXCEPT    ca*    type=GLOB    AS    ${error}
        Log    ${error}
    ELSE
        Fail    never
    FINALLY
        Log    at last
    END

Try Not Caught
    TRY
        Fail    not caught
    EXCEPT    other
        Log    never
    FINALLY
        Log    at last
    END

Skip Is Not Caught
    TRY
        Skip    not caught
    EXCEPT
        Fail    never
    END

If Else
    IF    False
        Fail    never
    ELSE IF    True
        Skip    in a branch
    ELSE
        Fail    never
    END

Return From Test
    RETURN
    Fail    never

Inline Python
    ${x} =    Evaluate    1 + 1
    Should Be Equal As Integers    ${x}    3

Nested
    FOR    ${x}    IN    1    2
        WHILE    True
            TRY
                IF    ${x} == 2    Fail    in the second round
                BREAK
            FINALLY
                Log    ${x}
            END
        END
    END
