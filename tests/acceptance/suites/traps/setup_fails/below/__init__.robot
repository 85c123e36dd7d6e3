*** Settings ***
Suite Setup         Skip    never
