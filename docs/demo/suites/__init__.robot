*** Settings ***
Name            Edge OS
Documentation   Pretend tests of a pretend network device, for a look at the wall.
