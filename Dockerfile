# Two images from one file: `platform` for web, worker, beat and set-up, `train` for the GPU worker,
# which adds PyTorch and the trainers. scripts/try_dockerfile.py runs these steps without Docker.

FROM python:3.12-slim AS platform
ENV PYTHONUNBUFFERED=1 PYTHONPATH=/app:/app/platform RONDO_VAR=/data WEB_BIND=0.0.0.0:8000
RUN useradd --uid 10001 --create-home rondo && install -d -o rondo -g rondo -m 0700 /data
WORKDIR /app
COPY pyproject.toml constraints.txt README.md LICENSE ./
# The dependencies first, so that a change of the code does not install them again.
RUN python -c "import tomllib; p = tomllib.load(open('pyproject.toml', 'rb'))['project']; print(*p['dependencies'], *p['optional-dependencies']['s3'], *p['optional-dependencies']['backup'], sep='\n')" > requirements.txt
RUN pip install --no-cache-dir --requirement requirements.txt --constraint constraints.txt
COPY manage.py ./
COPY platform platform
COPY labeling labeling
COPY training training
COPY workers workers
COPY client client
RUN pip install --no-cache-dir --no-deps --editable . --editable ./client
RUN SECRET_KEY=$(python -c "import secrets; print(secrets.token_urlsafe(50))") DATABASE_URL=postgresql://none/none REDIS_URL=redis://localhost python manage.py build_translations
USER rondo
EXPOSE 8000
CMD ["gunicorn", "--config", "python:config.gunicorn"]

FROM platform AS train
USER root
# Another index (for PyTorch's CPU build, or another CUDA): --build-arg TORCH_INDEX=https://…
ARG TORCH_INDEX=""
RUN pip install --no-cache-dir ${TORCH_INDEX:+--extra-index-url "$TORCH_INDEX"} --editable ".[train]" --constraint constraints.txt
USER rondo
CMD ["celery", "-A", "workers", "worker", "-Q", "gpu", "-P", "threads", "-c", "1", "--loglevel", "INFO"]
