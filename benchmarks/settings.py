"""The product's settings with the bare views beside its own, and no rate limits in the way of measuring."""

import os

os.environ.setdefault("SECRET_KEY", "only-for-benchmarks-" + "0123456789" * 5)
os.environ["ENV_FILE"] = os.devnull
os.environ["API_RATE"] = os.environ["EVALUATE_RATE"] = "10000000/min"
os.environ.setdefault("LOG_LEVEL", "ERROR")

from config.settings import *  # noqa: F403

ROOT_URLCONF = "benchmarks.bare"
ALLOWED_HOSTS = ["127.0.0.1"]
DEBUG = False
