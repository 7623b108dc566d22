"""Remember what the columns of a foreign list are."""

from __future__ import annotations

from collections.abc import Mapping as Columns
from datetime import datetime

from django.db import transaction

from xiuhua.apps.accounts.models import Post
from xiuhua.apps.accounts.permissions import Permission
from xiuhua.apps.accounts.rules import check_permitted
from xiuhua.apps.audit import services as audit
from xiuhua.apps.exchange.models import Mapping
from xiuhua.apps.exchange.rules import check_mapping


@transaction.atomic
def mapping_save(
    *,
    fingerprint: str,
    name: str,
    columns: Columns[str, str],
    by: Post,
    at: datetime,
) -> Mapping:
    """Save which fields (`person.phone`) the headers of a list are, for one's region.

    Lists with the same headers are read by it from then on; saving again replaces it.

    Raises:
        NotPermitted: when the post may not import.
        MappingUnfit: when no column says who is meant, or they do not go together.
    """
    check_permitted(by.state, Permission.ROWS_IMPORT, region=by.region_id)
    check_mapping(columns)
    mapping, _ = Mapping.unscoped.update_or_create(
        region_id=by.region_id,
        fingerprint=fingerprint,
        defaults={
            "name": name[:100],
            "columns": dict(columns),
            "post": by,
            "saved_at": at,
        },
    )
    audit.entry_append(
        action="exchange.mapping.saved",
        target="exchange.mapping",
        target_id=str(mapping.pk),
        target_label=mapping.name,
        region_code=by.region_id,
        by=by.actor,
        at=at,
        new={"columns": dict(columns)},
    )
    return mapping
