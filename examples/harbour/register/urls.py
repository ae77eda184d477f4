from django.urls import path

from register import views

app_name = "register"
urlpatterns = [
    path("", views.ShipList.as_view(), name="ships"),
    path("ships/<str:call_sign>/", views.ShipDetail.as_view(), name="ship"),
]
