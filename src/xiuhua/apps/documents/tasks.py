"""What the workers do for this app: the next cards of an order."""

from __future__ import annotations

from django.conf import settings
from django.utils import timezone
from django_tasks import task

from xiuhua.apps.accounts.scope import region_scope
from xiuhua.apps.documents import services as documents
from xiuhua.apps.documents.models import Printing
from xiuhua.core.errors import XiuhuaError


@task()
def cards_go_on(printing_id: int) -> int:
    """Make the next cards of an order and ask for those after them."""
    order = Printing.unscoped.select_related("post__user").get(pk=printing_id)
    step = {"printing_id": printing_id, "by": order.post, "at": timezone.now()}
    with region_scope([order.post.region_id]):
        try:
            left = documents.printing_step(**step, invented=settings.DEMO)
        except XiuhuaError:
            documents.printing_fail(**step)
            raise
    if left:
        cards_go_on.enqueue(printing_id)
    return int(left)
