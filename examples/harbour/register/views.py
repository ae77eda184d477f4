from django.views.generic import DetailView, ListView

from register.models import Ship


class ShipList(ListView):
    model = Ship


class ShipDetail(DetailView):
    model = Ship
    slug_field = slug_url_kwarg = "call_sign"
