"""Who may read which upload: ``LADING["MEDIA_ACCESS"]``."""

from django.contrib.auth.views import redirect_to_login
from django.http import HttpRequest, HttpResponse

from crew.models import Sailor
from lading.media.access import Grant


def can_read(request: HttpRequest, name: str) -> Grant | HttpResponse | bool:
    """Avatars: everybody. Papers: whose they are, and the staff; others are asked to log in."""
    if name.startswith("avatars/"):
        return Grant(public=True)
    if not request.user.is_authenticated:
        return redirect_to_login(request.get_full_path())
    sailor = Sailor.objects.filter(papers=name).select_related("user").first()
    if sailor is None or not (request.user == sailor.user or request.user.is_staff):
        return False
    return Grant(filename=f"Papers of {sailor}.pdf")
