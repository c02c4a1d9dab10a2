"""The rules: what documents are, which moves are legal, what they cost.

No session, no clock, no network, no Slack: times, ids and people are passed in, and every verb
returns its event. A module is loaded by itself, so that what needs one rule alone (``wopo match
simulate``) loads no table; ``mapped`` maps them all.
"""
