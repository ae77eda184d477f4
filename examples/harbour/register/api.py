"""The register over HTTP, for the page's own script and for others."""

from django.db.models import QuerySet
from rest_framework.exceptions import ValidationError
from rest_framework.serializers import CharField, ModelSerializer
from rest_framework.viewsets import ReadOnlyModelViewSet

from register.models import Ship


class ShipSerializer(ModelSerializer):
    kind_label = CharField(source="get_kind_display", read_only=True)
    page = CharField(source="get_absolute_url", read_only=True)

    class Meta:
        model = Ship
        fields = [
            "name", "call_sign", "kind", "kind_label", "home_port", "built", "length",
            "status", "berth", "due", "page",
        ]  # fmt: skip


class ShipViewSet(ReadOnlyModelViewSet):
    """Ships by name; ``?status=expected`` leaves those of one status."""

    queryset = Ship.objects.all()
    serializer_class = ShipSerializer
    lookup_field = "call_sign"

    def get_queryset(self) -> QuerySet[Ship]:
        ships = super().get_queryset()
        status = self.request.query_params.get("status")
        if status is None:
            return ships
        if status not in Ship.Status.values:
            raise ValidationError({"status": f"Use one of: {', '.join(Ship.Status.values)}."})
        return ships.filter(status=status)
