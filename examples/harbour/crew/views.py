from django.contrib.auth import login
from django.contrib.auth.forms import UserCreationForm
from django.contrib.auth.mixins import LoginRequiredMixin
from django.http import HttpResponse
from django.urls import reverse_lazy
from django.views.generic import FormView, UpdateView

from crew.models import Sailor


class SignUp(FormView):
    form_class = UserCreationForm
    template_name = "crew/sign_up.html"
    success_url = reverse_lazy("crew:profile")

    def form_valid(self, form: UserCreationForm) -> HttpResponse:
        login(self.request, form.save())
        return super().form_valid(form)


class Profile(LoginRequiredMixin, UpdateView):
    model = Sailor
    fields = ["avatar", "papers"]
    template_name = "crew/profile.html"
    success_url = reverse_lazy("crew:profile")

    def get_object(self, queryset: object = None) -> Sailor:
        return Sailor.objects.get_or_create(user=self.request.user)[0]
