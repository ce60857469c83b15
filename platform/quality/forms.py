"""Forms of the pages of figures."""

from django import forms

from labeling.kinds import choices as kind_choices


class BoundForm(forms.Form):
    """Where managers are told of too little agreement. bound: None is nowhere."""

    kind = forms.ChoiceField(choices=kind_choices)
    bound = forms.FloatField(required=False, min_value=0.01, max_value=0.99)
