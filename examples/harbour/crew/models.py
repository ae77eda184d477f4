"""The sailors who have an account, and what they upload: a picture for all, papers for themselves."""

from django.conf import settings
from django.db import models

from lading.django.validators import UploadValidator


class Sailor(models.Model):
    """One account's files. Everybody may see the avatar; who may read the papers says ``crew.access``."""

    user = models.OneToOneField(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="sailor"
    )
    avatar = models.ImageField(
        upload_to="avatars",
        blank=True,
        validators=[
            UploadValidator(
                allow=["jpg", "jpeg", "png", "gif", "webp"],
                max_size=5_000_000,
                max_pixels=40_000_000,
            )
        ],
    )
    papers = models.FileField(
        upload_to="papers",
        blank=True,
        validators=[UploadValidator(allow=["pdf"], max_size=10_000_000)],
        help_text="Your certificates, as one PDF, for you and the harbour's staff alone.",
    )

    def __str__(self) -> str:
        return str(self.user)
