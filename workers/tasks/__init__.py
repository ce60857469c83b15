"""The Celery tasks: importing this package registers them."""
