from django.contrib import admin

from crew.models import Sailor

admin.site.register(Sailor)
