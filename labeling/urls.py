"""Addresses of `labeling`."""

from django.urls import URLPattern, URLResolver, path

from labeling.views import (
    checks,
    goals,
    golds,
    history,
    labels,
    members,
    own_tasks,
    preamble,
    projects,
    prompt,
    prompts,
    queue,
    review,
    signed_in,
    skipped,
    task_pages,
    trying,
    work,
)

urlpatterns: list[URLPattern | URLResolver] = [
    path("signed-in/", signed_in.signed_in_again, name="signed_in_again"),
    path("projects/new/", projects.project_new, name="project_new"),
    path("projects/<slug:slug>/settings/", projects.project_settings, name="project_settings"),
    path("projects/<slug:slug>/guidelines/", projects.guidelines, name="guidelines"),
    path("projects/<slug:slug>/guidelines/read/", work.guidelines_read, name="guidelines_read"),
    path("projects/<slug:slug>/goal/", goals.goal, name="goal"),
    path("projects/<slug:slug>/goal/choose/", goals.goal_choose, name="goal_choose"),
    path("projects/<slug:slug>/members/", members.members, name="members"),
    path("projects/<slug:slug>/members/<int:pk>/role/", members.member_role, name="member_role"),
    path("projects/<slug:slug>/members/<int:pk>/tasks/", members.member_given, name="member_given"),
    path("projects/<slug:slug>/members/<int:pk>/link/", members.member_link, name="member_link"),
    path(
        "projects/<slug:slug>/members/<int:pk>/remove/", members.member_remove, name="member_remove"
    ),
    path("projects/<slug:slug>/preamble/", preamble.preamble, name="preamble"),
    path("projects/<slug:slug>/prompts/", prompts.prompts, name="prompts"),
    path("projects/<slug:slug>/prompts/import/", prompts.prompts_import, name="prompts_import"),
    path(
        "projects/<slug:slug>/prompts/<int:pk>/withdraw/",
        prompt.prompt_withdraw,
        name="prompt_withdraw",
    ),
    path(
        "projects/<slug:slug>/prompts/<int:pk>/restore/",
        prompt.prompt_restore,
        name="prompt_restore",
    ),
    path(
        "projects/<slug:slug>/prompts/<int:pk>/warning/",
        prompt.prompt_warning,
        name="prompt_warning",
    ),
    path("projects/<slug:slug>/prompts/<int:pk>/", prompt.prompt, name="prompt"),
    path("projects/<slug:slug>/prompts/<int:pk>/edit/", prompt.prompt_edit, name="prompt_edit"),
    path("projects/<slug:slug>/queue/", queue.queue, name="queue"),
    path("projects/<slug:slug>/queue/act/", queue.queue_act, name="queue_act"),
    path("projects/<slug:slug>/tasks/<int:pk>/steer/", queue.task_steer, name="task_steer"),
    path("projects/<slug:slug>/tasks/<int:pk>/overlap/", queue.task_overlap, name="task_overlap"),
    path("projects/<slug:slug>/skipped/", skipped.skipped, name="skipped"),
    path(
        "projects/<slug:slug>/tasks/<int:pk>/withdraw/", skipped.task_withdraw, name="task_withdraw"
    ),
    path("projects/<slug:slug>/task-pages/", task_pages.task_pages, name="task_pages"),
    path("projects/<slug:slug>/task-pages/try/", trying.task_page_try, name="task_page_try"),
    path("projects/<slug:slug>/label/", work.label_next, name="label_next"),
    path("projects/<slug:slug>/your-tasks/", own_tasks.own_tasks, name="own_tasks"),
    path("projects/<slug:slug>/preview/", work.preview, name="preview"),
    path("projects/<slug:slug>/assignments/<int:pk>/", work.assignment, name="assignment"),
    path("projects/<slug:slug>/assignments/<int:pk>/draft/", work.draft, name="draft"),
    path("projects/<slug:slug>/assignments/<int:pk>/skip/", work.skip, name="skip"),
    path("projects/<slug:slug>/assignments/<int:pk>/keep/", history.answer_keep, name="keep"),
    path("projects/<slug:slug>/history/", history.history, name="history"),
    path("projects/<slug:slug>/history/<int:pk>/", history.answer, name="answer"),
    path(
        "projects/<slug:slug>/history/<int:pk>/correct/",
        history.answer_correct,
        name="answer_correct",
    ),
    path(
        "projects/<slug:slug>/history/<int:pk>/take-back/",
        history.answer_take_back,
        name="answer_take_back",
    ),
    path(
        "projects/<slug:slug>/history/<int:pk>/comment/",
        history.answer_comment,
        name="answer_comment",
    ),
    path("projects/<slug:slug>/checks/", checks.checks, name="checks"),
    path(
        "projects/<slug:slug>/checks/<int:pk>/screening/",
        checks.screening_decide,
        name="screening_decide",
    ),
    path("projects/<slug:slug>/golds/", golds.gold_list, name="golds"),
    path("projects/<slug:slug>/golds/upload/", golds.gold_upload, name="gold_upload"),
    path("projects/<slug:slug>/golds/<int:pk>/", golds.gold_change, name="gold_change"),
    path("projects/<slug:slug>/labels/<int:pk>/gold/", golds.gold_mark, name="gold_mark"),
    path(
        "projects/<slug:slug>/labels/send-back/", labels.labels_send_back, name="labels_send_back"
    ),
    path("projects/<slug:slug>/review/", review.review, name="review"),
    path("projects/<slug:slug>/review/next/", review.review_next, name="review_next"),
    path("projects/<slug:slug>/review/rate/", review.review_rate, name="review_rate"),
    path("projects/<slug:slug>/labels/", labels.labels, name="labels"),
    path("projects/<slug:slug>/labels/<int:pk>/review/", labels.label_review, name="label_review"),
    path("projects/<slug:slug>/tasks/<int:pk>/decide/", labels.task_decide, name="task_decide"),
]
