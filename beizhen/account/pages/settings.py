"""How the farm may write to a customer, in which language, and on which devices they are signed in."""

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import override
from django.views.decorators.http import require_POST, require_safe

from beizhen.account.forms import LanguageForm
from beizhen.account.pages.door import for_customers
from farm import accounts, consents, contacts, customers
from farm.models import SignIn


@require_safe
@for_customers
def preferences(request: HttpRequest, running: SignIn) -> HttpResponse:
    customer, now = running.customer, timezone.now()
    context = {
        "contact": contacts.of(customer),
        "form": LanguageForm(initial={"language": customer.language}),
        "wording": consents.wording(),
        "agrees": consents.holds(customer),
        "said": customer.consents.first(),
        "devices": customer.sign_ins.running(now).order_by("-pk"),
        "running": running,
    }
    return render(request, "account/preferences.html", context)


@require_POST
@for_customers
def language(request: HttpRequest, running: SignIn) -> HttpResponse:
    """The language of our news, and of the page that follows: every page says its own in its address."""
    form = LanguageForm(request.POST)
    if not form.is_valid():
        return redirect("account:preferences")
    chosen = form.cleaned_data["language"]
    customers.speak_to(running.customer, chosen)
    with override(chosen):
        return HttpResponseRedirect(reverse("account:preferences"))


@require_POST
@for_customers
def consent(request: HttpRequest, running: SignIn) -> HttpResponse:
    is_given = request.POST.get("agrees") == "on"
    consents.say(running.customer, is_given=is_given, now=timezone.now())
    return redirect("account:preferences")


@require_POST
@for_customers
def devices(request: HttpRequest, running: SignIn) -> HttpResponse:
    """Sign out everywhere else."""
    accounts.sign_out_elsewhere(running, now=timezone.now())
    return redirect("account:preferences")
