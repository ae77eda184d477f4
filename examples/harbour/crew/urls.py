from django.contrib.auth.views import LoginView, LogoutView
from django.urls import path

from crew import views

app_name = "crew"
urlpatterns = [
    path("", views.Profile.as_view(), name="profile"),
    path("sign-up/", views.SignUp.as_view(), name="sign-up"),
    path("login/", LoginView.as_view(template_name="crew/login.html"), name="login"),
    path("logout/", LogoutView.as_view(next_page="register:ships"), name="logout"),
]
