"""Who goes on: one file each. An object explores one program over many runs: `begin`, a run, `begin`, a run, until `begin` says no.

Seeds are ints; each run has a generator of its own, so that run 17 is the same whatever was made of the runs before it.
Attributes that whoever makes the runs reads after `begin`: `late`, the time mode of this run (where a strategy has a wish),
`keep`, whether steps must be recorded.
"""
