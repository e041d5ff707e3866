"""Gunicorn, in containers and under systemd: `gunicorn --config deploy/gunicorn.conf.py bancheng.wsgi`."""

import os

bind = os.environ.get("BIND", "127.0.0.1:8000")
worker_class = "gthread"
workers = int(os.environ.get("WEB_WORKERS", "2"))
threads = int(os.environ.get("WEB_THREADS", "4"))
timeout = 60
graceful_timeout = 20
keepalive = 5
# A database backend that has touched many schemas grows; so does a worker. Both are renewed in turn.
max_requests = 5000
max_requests_jitter = 500
worker_tmp_dir = "/dev/shm"  # noqa: S108  # heartbeats must not wait for a disk
control_socket_disable = True
# The proxy logs requests, without their query strings. Errors are told without their texts (privacy/logs.py).
accesslog = None
logconfig_dict = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"line": {"()": "bancheng.privacy.logs.JsonLines"}},
    "handlers": {"console": {"class": "logging.StreamHandler", "formatter": "line"}},
    "loggers": {"gunicorn.error": {"handlers": ["console"], "level": "INFO", "propagate": False}},
    "root": {"handlers": ["console"], "level": "INFO"},
}
