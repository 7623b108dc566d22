"""Forms of sheets: a file, what its columns are, a step that is taken or not."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from xiuhua.apps.sheets.choices import words_of
from xiuhua.apps.sheets.heads import Form, Head
from xiuhua.apps.sheets.kinds import Kind
from xiuhua.core.intake.headers import normalized
from xiuhua.web.forms import ActForm, DateInput
from xiuhua.web.shell import language


class SendForm(ActForm):
    """A sheet, and what its rows say where they say nothing."""

    file = forms.FileField(
        label=_("File"), help_text=_("Excel (.xlsx, .xls) or CSV, at most 20 MB.")
    )

    def __init__(self, *args: Any, kind: Kind, **kwargs: Any):
        super().__init__(*args, **kwargs)
        self.usual_heads = [head for head in kind.heads if head.usual]
        for head in self.usual_heads:
            self.fields[f"usual_{head.key}"] = _usual_field(head)

    def usual(self) -> dict[str, str]:
        """Return what empty cells say, by column."""
        said = {h.key: self.cleaned_data[f"usual_{h.key}"] for h in self.usual_heads}
        return {key: str(value) for key, value in said.items() if value}


def _usual_field(head: Head) -> forms.Field:
    label = _("%(column)s, where a row says nothing") % {
        "column": head.called(language())
    }
    if head.form is Form.DAY:
        return forms.DateField(
            label=label,
            widget=DateInput,
            initial=timezone.localdate,
            required=head.must,
        )
    choices = [("", "—"), *words_of(head, language()).items()]
    return forms.ChoiceField(label=label, choices=choices, required=False)


class StepForm(ActForm):
    """Nothing to fill in: a step that is taken or not."""


class HeadSelect(forms.Select):
    """A choice of the heads of a list, which are in whatever language it is in."""

    def create_option(self, name: str, value: Any, *args: Any, **kwargs: Any) -> Any:
        """Return an option; a head is marked as in no language of ours."""
        option = super().create_option(name, value, *args, **kwargs)
        if value:
            option["attrs"]["lang"] = ""
        return option


class ColumnsForm(ActForm):
    """Which column of the foreign list each of ours is."""

    def __init__(
        self,
        *args: Any,
        kind: Kind,
        heads: Sequence[str],
        known: Mapping[str, str],
        **kwargs: Any,
    ):
        super().__init__(*args, **kwargs)
        self.kind = kind
        choices = [("", _("the list has no such column")), *((h, h) for h in heads)]
        for head in kind.heads:
            self.fields[f"column_{head.key}"] = forms.ChoiceField(
                label=head.called(language()),
                choices=choices,
                widget=HeadSelect,
                initial=known.get(head.key) or _guess(head.names, heads),
                required=head.needed,
            )

    def columns(self) -> dict[str, str]:
        """Return our columns by the heads that were chosen."""
        said = {
            head.key: self.cleaned_data[f"column_{head.key}"]
            for head in self.kind.heads
        }
        return {head: key for key, head in said.items() if head}

    def clean(self) -> dict[str, Any]:
        """Refuse a head that was chosen for two columns."""
        said: dict[str, Any] = super().clean() or {}
        chosen = [v for k, v in said.items() if k.startswith("column_") and v]
        if len(set(chosen)) < len(chosen):
            raise forms.ValidationError(_("One column was named for two of ours."))
        return said


def _guess(names: frozenset[str], heads: Sequence[str]) -> str:
    """Return the head that holds a name of the column, or is part of one."""
    for head in heads:
        said = normalized(head)
        if any(name in said or said in name for name in names if len(said) > 1):
            return head
    return ""
