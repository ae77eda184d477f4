from django.contrib import admin

from register.models import Ship


@admin.register(Ship)
class ShipAdmin(admin.ModelAdmin):
    list_display = ["name", "call_sign", "kind", "home_port", "status", "berth"]
    list_filter = ["status", "kind"]
    search_fields = ["name", "call_sign", "home_port"]
