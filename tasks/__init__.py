"""What moves without anyone pressing a button. A worker loads the modules of settings.CELERY_IMPORTS."""
