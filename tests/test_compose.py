"""docker-compose.yml is valid, has no default password, and every service can say how it is."""

import re
import subprocess
import sys
from pathlib import Path

import pytest
from ruamel.yaml import YAML

from tests.settings_read import settings_read

ROOT = Path(__file__).resolve().parents[1]
COMPOSE = (ROOT / "docker-compose.yml").read_text()
SERVICES = YAML(typ="safe").load(COMPOSE)["services"]


@pytest.mark.parametrize("name", ["docker-compose.yml", "docker-compose.gpu.yml"])
def test_the_file_follows_the_compose_specification(name: str):
    checked = subprocess.run(
        [
            *(sys.executable, "-m", "check_jsonschema"),
            *("--builtin-schema", "vendor.compose-spec", ROOT / name),
        ],
        capture_output=True,
        text=True,
        check=False,
    )
    assert (checked.returncode, checked.stdout) == (0, "ok -- validation done\n")


def test_the_services_are_the_processes_of_the_architecture():
    assert sorted(SERVICES) == [
        *("beat", "gpu-worker", "postgres", "prepare", "valkey", "web", "worker"),
    ]
    without_health = [name for name, service in SERVICES.items() if "healthcheck" not in service]
    assert without_health == ["prepare"]  # it ends by itself, and the others wait for that


def test_no_password_has_a_default():
    used = re.findall(r"(?<!\$)\$\{(\w+)([^}]*)\}", COMPOSE)
    assert {name for name, rest in used if rest.startswith(":?")} == {
        *("SECRET_KEY", "POSTGRES_PASSWORD", "VALKEY_PASSWORD", "SITE_URL", "ALLOWED_HOSTS"),
    }
    defaults = {name: rest[2:] for name, rest in used if rest.startswith(":-") and rest != ":-"}
    assert defaults == {
        "WEB_PORT": "8000",
        "WEB_MEMORY": "4g",
        "POSTGRES_MEMORY": "2g",
        "TRAIN_MEMORY": "16g",
    }


def test_every_setting_that_the_code_reads_reaches_every_process_of_rondo():
    """What compose leaves to `.env` goes on under its own name; empty is the code's default."""
    of_the_image = {"RONDO_VAR", "RONDO_CACHE", "RONDO_JOBS", "WEB_BIND"}
    of_compose = {"DATABASE_URL", "REDIS_URL"}
    wanted = settings_read() - of_the_image - {"DEBUG"}
    ours = {name: s["environment"] for name, s in SERVICES.items() if "build" in s}
    assert sorted(ours) == ["beat", "gpu-worker", "prepare", "web", "worker"]
    for name, given in ours.items():
        assert set(given) == wanted, name
        plain = {key: value for key, value in given.items() if key not in of_compose}
        own = {key for key, value in plain.items() if value.startswith(f"${{{key}:")}
        assert own == set(plain), name


def test_env_example_names_every_setting_and_gives_no_secret():
    used = set(re.findall(r"(?<!\$)\$\{(\w+)", COMPOSE))
    lines = (ROOT / ".env.example").read_text().splitlines()
    given = dict(line.split("=", 1) for line in lines if line and not line.startswith("#"))
    assert set(given) == used
    assert {name: value for name, value in given.items() if value} == {
        "SITE_URL": "http://localhost:8000",
        "ALLOWED_HOSTS": "localhost",
        "WEB_PORT": "8000",
        "WEB_MEMORY": "4g",
        "POSTGRES_MEMORY": "2g",
        "TRAIN_MEMORY": "16g",
    }


def test_no_container_may_do_more_than_it_must():
    rights = {name: service.get("cap_add", []) for name, service in SERVICES.items()}
    assert {name: some for name, some in rights.items() if some} == {
        "postgres": ["CHOWN", "DAC_OVERRIDE", "FOWNER", "SETGID", "SETUID"],
    }
    for name, service in SERVICES.items():
        found = [service.get(key) for key in ("cap_drop", "security_opt", "read_only")]
        assert found == [["ALL"], ["no-new-privileges:true"], True], name
        assert service["mem_limit"], name
        assert not service.get("privileged"), name


def test_only_the_web_port_is_published_and_only_on_this_machine():
    published = {name: s["ports"] for name, s in SERVICES.items() if "ports" in s}
    assert published == {"web": ["127.0.0.1:${WEB_PORT:-8000}:8000"]}


def test_the_dockerfile_has_the_stages_that_compose_builds():
    stages = re.findall(r"^FROM .* AS (\w+)$", (ROOT / "Dockerfile").read_text(), flags=re.M)
    built = {service["build"]["target"] for service in SERVICES.values() if "build" in service}
    assert set(stages) == built == {"platform", "train"}
