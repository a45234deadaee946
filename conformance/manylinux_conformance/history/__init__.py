"""History: old releases are asked, and since when each rule is kept.

It may import what asks and reports, and everything below that.
"""
