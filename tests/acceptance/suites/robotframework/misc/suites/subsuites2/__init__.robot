*** Settings ***
Name            Custom name for 📂 'subsuites2'
