"""Moments as editors write them, in the publication's own time zone."""

from datetime import datetime

from django import forms
from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.formats import date_format

YEARS = (1001, 2998)  # whatever the time zone, an address and the database hold them
OUT_OF_TIME = "The date lies outside the years 1001 to 2998."
SKIPPED = "There is no %(time)s on %(day)s: the clocks go forward then. Choose an earlier or a later time."


class MomentField(forms.SplitDateTimeField):
    """A day and a time. Of an hour that comes twice, when the clocks go back, the second is meant, so that nothing is shown too early."""

    def compress(self, data_list):
        if data_list and data_list[0] and not YEARS[0] <= data_list[0].year <= YEARS[1]:
            raise ValidationError(OUT_OF_TIME, code="out_of_time")
        try:
            return super().compress(data_list)
        except ValidationError as problem:
            if problem.code != "ambiguous_timezone":
                raise
        moment = datetime.combine(*data_list).replace(tzinfo=timezone.get_current_timezone())
        second = moment.replace(fold=1)
        if second.utcoffset() > moment.utcoffset():
            words = {"time": date_format(moment, "H:i"), "day": date_format(moment, "j F Y")}
            raise ValidationError(SKIPPED, params=words, code="skipped")
        return second
