"""Grades for other systems: points are rounded here, once. Every function returns the bytes of one file.

`table` is ours and is a roster too; `canvas` fills the instructor's own Canvas or Moodle export by way of `fill`, which changes
cells and no other byte; `moodle`, `gradescope` and `junit` write those formats from nothing.
"""
