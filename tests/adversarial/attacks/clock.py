"""Time stands still."""
import time

time.sleep = lambda seconds: None
time.time = lambda: 0
