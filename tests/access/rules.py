"""Who may use each address."""

import json
from collections.abc import Iterator
from typing import Any

from django.db import transaction
from django.http import HttpResponse
from django.test import Client
from django.urls import URLPattern, URLResolver, reverse

from accounts import services
from accounts.models import User
from tests.access.api_rules import API_RULES
from tests.access.rule import Rule
from tests.access.training_rules import TRAINING_RULES
from tests.access.wire import connection_kept

# Who an address is for: this role and those after it.
LEVELS = ["anybody", "signed in", "annotator", "reviewer", "manager", "admin"]
PEOPLE = ["anonymous", "stranger", "annotator", "reviewer", "manager", "admin"]
LOGIN = "/accounts/login/"


RULES = {
    "account_login": Rule("anybody"),
    "account_logout": Rule("anybody"),
    "account_inactive": Rule("anybody"),
    "account_signup": Rule("anybody"),
    "account_change_password": Rule("signed in"),
    "account_set_password": Rule("signed in"),
    "account_reset_password": Rule("anybody"),
    "account_reset_password_done": Rule("anybody"),
    "account_reset_password_from_key": Rule("anybody", sign="reset"),
    "account_reset_password_from_key_done": Rule("anybody"),
    "sign_in_link": Rule("anybody", sign="link"),
    "profile": Rule("signed in"),
    "notices": Rule("signed in"),
    "notices_settings": Rule("signed in"),
    "notices_stop": Rule("anybody", sign="stop"),
    "tokens": Rule("signed in"),
    "token_revoke": Rule("owner", "POST", "token"),
    "language": Rule("anybody", "POST"),
    "theme": Rule("anybody", "POST"),
    "healthz": Rule("anybody"),
    "readyz": Rule("anybody"),
    "favicon": Rule("anybody"),
    "home": Rule("signed in"),
    "signed_in_again": Rule("signed in"),
    "project_new": Rule("admin"),
    "jobs": Rule("admin", hidden=True),
    "job_events": Rule("manager", sign="job", hidden=True),
    "job_events_json": Rule("manager", sign="job", hidden=True),
    "job_log": Rule("manager", sign="job", hidden=True),
    "job_cancel": Rule("admin", "POST", "job", hidden=True),
    "job_retry": Rule("admin", "POST", "job", hidden=True),
    "audit": Rule("admin"),
    "project_audit": Rule("manager", sign="project"),
    "project": Rule("annotator", sign="project"),
    "preamble": Rule("manager", sign="project"),
    "project_settings": Rule("manager", sign="project"),
    "guidelines": Rule("annotator", sign="project"),
    "guidelines_read": Rule("annotator", "POST", "project"),
    "goal": Rule("annotator", sign="project"),
    "own_tasks": Rule("annotator", sign="project"),
    "goal_choose": Rule("annotator", "POST", "project"),
    "members": Rule("manager", sign="project"),
    "member_role": Rule("manager", "POST", "member"),
    "member_given": Rule("manager", sign="member"),
    "member_link": Rule("manager", "POST", "member"),
    "member_remove": Rule("manager", "POST", "member"),
    "prompts": Rule("reviewer", sign="project"),
    "prompts_import": Rule("manager", sign="project"),
    "prompt_imports": Rule("reviewer", sign="project"),
    "import_detail": Rule("reviewer", sign="import"),
    "import_cancel": Rule("manager", "POST", "import"),
    "import_undo": Rule("manager", "POST", "import"),
    "prompt": Rule("reviewer", sign="prompt"),
    "prompt_edit": Rule("manager", "POST", "prompt"),
    "prompt_original": Rule("manager", "POST", "prompt"),
    "prompt_unredact": Rule("manager", "POST", "prompt"),
    "prompt_restore": Rule("manager", "POST", "prompt"),
    "prompt_rubric": Rule("manager", sign="prompt"),
    "prompt_warning": Rule("manager", "POST", "prompt"),
    "prompt_withdraw": Rule("manager", "POST", "prompt"),
    "proposals": Rule("annotator", sign="project"),
    "proposal_begin": Rule("annotator", "POST", "project"),
    "prompts_wanted": Rule("manager", sign="project"),
    "wanted_change": Rule("manager", "POST", "wanted"),
    "proposal_queue": Rule("reviewer", sign="project"),
    "proposals_accept": Rule("reviewer", "POST", "project"),
    "proposal": Rule("owner", sign="proposal"),
    "proposal_write": Rule("owner", sign="begun"),
    "proposal_draft": Rule("owner", "POST", "begun"),
    "proposal_check": Rule("owner", "POST", "begun"),
    "proposal_rewrite": Rule("owner", "POST", "proposal"),
    "proposal_take_back": Rule("owner", "POST", "proposal"),
    "proposal_decide": Rule("reviewer", sign="proposal"),
    "queue": Rule("reviewer", sign="project"),
    "queue_act": Rule("manager", "POST", "project"),
    "task_steer": Rule("manager", "POST", "task"),
    "task_overlap": Rule("manager", "POST", "task"),
    "skipped": Rule("reviewer", sign="project"),
    "task_withdraw": Rule("manager", "POST", "task"),
    "task_pages": Rule("manager", sign="project"),
    "task_page_try": Rule("manager", sign="project"),
    "label_next": Rule("annotator", sign="project"),
    "preview": Rule("annotator", "POST", "project"),
    "assignment": Rule("owner", sign="assignment"),
    "draft": Rule("owner", "POST", "assignment"),
    "exchanges": Rule("owner", sign="live"),
    "skip": Rule("owner", "POST", "assignment"),
    "history": Rule("annotator", sign="project"),
    "answer": Rule("owner", sign="annotation"),
    "answer_correct": Rule("owner", "POST", "annotation"),
    "answer_take_back": Rule("owner", "POST", "annotation"),
    "answer_comment": Rule("owner", "POST", "annotation"),
    "keep": Rule("owner", "POST", "assignment"),
    "checks": Rule("manager", sign="project"),
    "screening_decide": Rule("manager", "POST", "screening"),
    "golds": Rule("manager", sign="project"),
    "gold_upload": Rule("manager", sign="project"),
    "gold_change": Rule("manager", "POST", "gold"),
    "gold_mark": Rule("reviewer", "POST", "annotation"),
    "labels": Rule("reviewer", sign="project"),
    "labels_send_back": Rule("reviewer", "POST", "project"),
    "review": Rule("reviewer", sign="project"),
    "review_next": Rule("reviewer", "POST", "project"),
    "review_rate": Rule("manager", "POST", "project"),
    "label_review": Rule("reviewer", "POST", "annotation"),
    "task_decide": Rule("reviewer", "POST", "task"),
    "agreement": Rule("reviewer", sign="project"),
    "agreement_bound": Rule("manager", "POST", "project"),
    "person": Rule("manager", sign="person"),
    "own_figures": Rule("annotator", sign="project"),
    "person_remove": Rule("admin", sign="account", hidden=True),
    "project_archive": Rule("manager", sign="project"),
    "project_restore": Rule("manager", "POST", "project"),
    "project_delete": Rule("manager", sign="project"),
    "rounds": Rule("manager", sign="project"),
    "round": Rule("manager", sign="round"),
    "round_end": Rule("manager", sign="round"),
    "round_ask": Rule("manager", "POST", "round"),
    "round_launch": Rule("manager", sign="round"),
    "round_check": Rule("manager", "POST", "round"),
    "run": Rule("manager", sign="run"),
    "run_cancel": Rule("manager", "POST", "run"),
    "run_retry": Rule("manager", "POST", "run"),
    "evaluation": Rule("manager", sign="evaluation"),
    "verdict": Rule("manager", sign="project"),
    "ballot_check": Rule("manager", "POST", "project"),
    "ballot_write": Rule("manager", "POST", "ballot"),
    "ballot_close": Rule("manager", "POST", "ballot"),
    "models": Rule("manager", sign="project"),
    "model": Rule("manager", sign="model"),
    "model_promote": Rule("manager", sign="model"),
    "corpora": Rule("manager", sign="project"),
    "corpus_remove": Rule("manager", "POST", "corpus"),
    "snapshot": Rule("manager", sign="snapshot"),
    "snapshot_card": Rule("manager", sign="snapshot"),
    "snapshot_folder": Rule("manager", sign="snapshot"),
    "snapshot_changes": Rule("manager", sign="two_snapshots"),
    "snapshots": Rule("manager", sign="project"),
    "snapshot_freeze": Rule("manager", "POST", "project"),
    "label": Rule("reviewer", sign="annotation"),
    "webhooks": Rule("manager", sign="project"),
    "webhook": Rule("manager", sign="webhook"),
    "webhook_rotate": Rule("manager", "POST", "webhook"),
    "webhook_test": Rule("manager", "POST", "webhook"),
    "webhook_replay": Rule("manager", "POST", "webhook"),
    "webhook_remove": Rule("manager", "POST", "webhook"),
    "export": Rule("reviewer", sign="project"),
    "export_download": Rule("reviewer", sign="file"),
    "export_freeze": Rule("manager", "POST", "project"),
    "export_frozen": Rule("reviewer", sign="frozen"),
    "export_remove": Rule("manager", "POST", "frozen"),
    "export_people": Rule("manager", "POST", "project"),
    "api_docs": Rule("anybody"),
    "api:openapi-json": Rule("anybody"),
    **API_RULES,
    **TRAINING_RULES,
}
# django-ninja's root answers 404 to everybody.
NOT_PAGES = {"api:api-root"}


def names(resolver: URLResolver, space: str = "") -> Iterator[str]:
    """The name of each address, with its namespace."""
    for pattern in resolver.url_patterns:
        if isinstance(pattern, URLResolver):
            inner = f"{pattern.namespace}:" if pattern.namespace else ""
            yield from names(pattern, space + inner)
        elif isinstance(pattern, URLPattern):
            yield f"{space}{pattern.name}"


def ask(name: str, rule: Rule, keys: dict[str, Any], user: User | None) -> HttpResponse:
    """The answer to `user`; what it changed is taken back."""
    with transaction.atomic():
        client, headers = Client(raise_request_exception=False), {}
        if user is not None and name.startswith("api:"):
            _, secret = services.create_api_token(user=user, name="asks", scope="write")
            headers = {"Authorization": f"Bearer {secret}"}
        elif user is not None:
            client.force_login(user)
        response = send(name, rule, keys, headers, client=client)
        transaction.set_rollback(True)
    return response


def send(
    name: str,
    rule: Rule,
    keys: dict[str, Any],
    headers: dict[str, str],
    *,
    client: Client | None = None,
) -> HttpResponse:
    """The answer to what the rule sends with these headers; what it changed is taken back."""
    client = client or Client(raise_request_exception=False)
    sent = "" if rule.body is None else json.dumps(rule.body)
    media = "application/octet-stream" if rule.body is None else "application/json"
    with transaction.atomic():
        address = reverse(name, kwargs=keys)
        response = client.generic(rule.method, address, sent, media, headers=headers)
        if response.streaming:
            with connection_kept():
                response.close()
        transaction.set_rollback(True)
    return response


def answer(response: HttpResponse) -> str:
    """What the answer says about access."""
    if response.status_code == 302 and response["Location"].startswith(LOGIN):
        return "sign in"
    words = {401: "sign in", 403: "not allowed", 404: "not found"}
    return words.get(response.status_code, "in" if response.status_code < 500 else "fault")


def expected(rule: Rule, person: str) -> str:
    """What the rule says."""
    if rule.level == "owner":
        return {"anonymous": "sign in", "annotator": "in"}.get(person, "not found")
    if PEOPLE.index(person) >= LEVELS.index(rule.level):
        return "in"
    if person == "anonymous":
        return "sign in"
    if rule.hidden or (person == "stranger" and rule.sign):
        return "not found"
    return "not allowed"
