"""Notes go nowhere."""
import stage

stage.note = lambda *_, **__: None
stage.together = lambda *functions: [function() for function in functions]
