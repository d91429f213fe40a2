"""Finding an order again by its number and the last digits of the phone."""

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from farm.api import page_throttles as throttles
from farm.refusals import Refused
from shop import finding
from shop.forms import FindForm
from shop.links import order_path


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def find(request: HttpRequest) -> HttpResponse:
    if request.method != "POST":
        return render(request, "shop/find.html", {"form": FindForm()})
    form = FindForm(request.POST)
    if form.is_valid():
        said = form.cleaned_data
        try:
            throttles.check(request, throttles.FindingByAddress, throttles.FindingByNumber)
            return HttpResponseRedirect(order_path(finding.find(number=said["number"], last4=said["digits"])))
        except Refused as refused:
            form.refuse(refused)
    form.focus_first_error()
    status = throttles.status_of(form.refused) if form.refused else 400
    return render(request, "shop/find.html", {"form": form}, status=status)
