"""What ends a survey with one line."""


class SurveyError(Exception):
    """A survey cannot begin or go on; the message says why and what to do."""


class SourceError(SurveyError):
    """A source cannot be read; the message names it and says why."""
