"""Addresses of `rounds`."""

from django.urls import URLPattern, URLResolver, path

from rounds.views import (
    corpora,
    ending,
    exchanges,
    labels,
    launches,
    leaving,
    models,
    retiring,
    rounds,
    runs,
    snapshots,
    verdict,
)

ROUND = "projects/<slug:slug>/rounds/<int:number>/"
BALLOT = "projects/<slug:slug>/verdict/<int:pk>/"
MODELS = "projects/<slug:slug>/models/"
SNAPSHOT = "projects/<slug:slug>/snapshots/<int:pk>/"

urlpatterns: list[URLPattern | URLResolver] = [
    path("people/<int:pk>/remove/", leaving.person_remove, name="person_remove"),
    path("projects/<slug:slug>/archive/", retiring.project_archive, name="project_archive"),
    path("projects/<slug:slug>/restore/", retiring.project_restore, name="project_restore"),
    path("projects/<slug:slug>/delete/", retiring.project_delete, name="project_delete"),
    path("projects/<slug:slug>/rounds/", rounds.round_list, name="rounds"),
    path(ROUND, rounds.round_detail, name="round"),
    path(f"{ROUND}end/", ending.round_end, name="round_end"),
    path(f"{ROUND}ask/", rounds.round_ask, name="round_ask"),
    path(f"{ROUND}launch/", launches.round_launch, name="round_launch"),
    path(f"{ROUND}launch/check/", launches.round_check, name="round_check"),
    path("runs/<int:pk>/", runs.run_detail, name="run"),
    path("runs/<int:pk>/cancel/", runs.run_cancel, name="run_cancel"),
    path("runs/<int:pk>/retry/", runs.run_retry, name="run_retry"),
    path("runs/<int:pk>/evaluation/", runs.evaluation, name="evaluation"),
    path(
        "projects/<slug:slug>/assignments/<int:pk>/exchanges/",
        exchanges.exchanges,
        name="exchanges",
    ),
    path("projects/<slug:slug>/verdict/", verdict.verdict, name="verdict"),
    path("projects/<slug:slug>/verdict/texts/", verdict.ballot_check, name="ballot_check"),
    path(f"{BALLOT}close/", verdict.ballot_close, name="ballot_close"),
    path(f"{BALLOT}write/", verdict.ballot_write, name="ballot_write"),
    path("projects/<slug:slug>/corpora/", corpora.corpora, name="corpora"),
    path(
        "projects/<slug:slug>/corpora/<int:pk>/remove/",
        corpora.corpus_remove,
        name="corpus_remove",
    ),
    path(MODELS, models.model_list, name="models"),
    path(f"{MODELS}<int:pk>/", models.model_detail, name="model"),
    path(f"{MODELS}<int:pk>/promote/", models.model_promote, name="model_promote"),
    path(SNAPSHOT, snapshots.snapshot_detail, name="snapshot"),
    path(f"{SNAPSHOT}card/", snapshots.snapshot_card, name="snapshot_card"),
    path(f"{SNAPSHOT}folder/", snapshots.snapshot_folder, name="snapshot_folder"),
    path(
        f"{SNAPSHOT}changes/<int:later>/",
        snapshots.snapshot_changes,
        name="snapshot_changes",
    ),
    path("projects/<slug:slug>/labels/<int:pk>/", labels.label_detail, name="label"),
]
