"""Checks of people: gold tasks, repeats, the test before the first task, and figures of them.

A check is an ordinary assignment but for its purpose: it holds no slot, and its page is that of any
other task. Answers to checks stand as `check`, so that nothing that reads labels takes them.
"""
