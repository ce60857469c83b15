"""Going back to the page where somebody was: only within this site."""

from django.http import HttpRequest, HttpResponseRedirect
from django.utils.http import url_has_allowed_host_and_scheme


def back(request: HttpRequest, *, otherwise: str) -> HttpResponseRedirect:
    """To the address that the form's `next` says, `otherwise` where that leads elsewhere."""
    target = request.POST.get("next", "")
    if not url_has_allowed_host_and_scheme(target, {request.get_host()}, request.is_secure()):
        target = otherwise
    return HttpResponseRedirect(target)  # an address: `redirect` would also take a page's name
