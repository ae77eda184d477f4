"""The ships that use the harbour."""

from django.core.validators import MaxValueValidator, MinValueValidator, RegexValidator
from django.db import models
from django.urls import reverse


class Ship(models.Model):
    """One ship of the register, known to all by its call sign."""

    class Kind(models.TextChoices):
        CARGO = "cargo", "Cargo ship"
        FERRY = "ferry", "Ferry"
        SAIL = "sail", "Sailing ship"
        TRAWLER = "trawler", "Trawler"
        TUG = "tug", "Tug"

    class Status(models.TextChoices):
        EXPECTED = "expected", "Expected"
        IN_PORT = "in-port", "In port"
        AT_SEA = "at-sea", "At sea"

    name = models.CharField(max_length=60)
    call_sign = models.CharField(
        max_length=4,
        unique=True,
        validators=[RegexValidator("^[A-Z]{4}$", "A call sign is four capital letters.")],
    )
    kind = models.CharField(max_length=10, choices=Kind)
    home_port = models.CharField(max_length=60)
    built = models.PositiveSmallIntegerField(
        "year built", validators=[MinValueValidator(1700), MaxValueValidator(2100)]
    )
    length = models.DecimalField("length (m)", max_digits=4, decimal_places=1)
    status = models.CharField(max_length=10, choices=Status, default=Status.AT_SEA)
    berth = models.CharField(max_length=20, blank=True)
    due = models.TimeField(
        "due at", null=True, blank=True, help_text="The hour today, in UTC, of an expected ship."
    )
    remarks = models.TextField(blank=True)

    class Meta:
        ordering = ["name"]

    def __str__(self) -> str:
        return self.name

    def get_absolute_url(self) -> str:
        return reverse("register:ship", args=[self.call_sign])

    @property
    def silhouette(self) -> str:
        """The static file that shows this kind of ship, for ``{% static %}``."""
        return f"register/img/ships/{self.kind}.svg"
