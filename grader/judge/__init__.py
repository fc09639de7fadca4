"""Decides: runs an instructor's tests outside the sandbox against runs that happen inside it.

    grade.Judges  (worker)   keeps one judge process per assignment version, opens sandboxes, relays
      process     (worker)   starts that process, speaks with it
      relay       (worker)   one submission's sandboxes: asks for a run, gets an answer or how it ended
    server        (judge)    collects the tests once, forks a child for every submission
      plugin      (judge)    pytest hooks: fixtures, order, one record per check
      proxies     (judge)    call, script, explore: what a test can ask
      desk        (judge)    one submission's runs: asked for, remembered, counted
      explore     (judge)    real runs under forced orders, and what is said of all of them
      answer      (judge)    what a run answered, read strictly
      findings    (judge)    from what a run did to a verdict
      evidence    (judge)    what a verdict carries
    verdicts, records        the closed set of verdicts and the form of a grading
    check                    proof that an exercise is fair

May import course, containers' interface and sandbox.protocol; never store, reports or intake's network half.
"""
