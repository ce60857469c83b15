"""Sums of the database that Django has no word for."""

from django.db.models import FloatField
from django.db.models.aggregates import Aggregate


class Median(Aggregate):
    """The middle one of the values."""

    function = "percentile_cont"
    template = "%(function)s(0.5) WITHIN GROUP (ORDER BY %(expressions)s)"
    output_field = FloatField()
