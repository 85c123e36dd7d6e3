*** Settings ***
Documentation       Tests that appear, vanish and change while the run goes on.
