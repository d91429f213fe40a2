"""The farm's web application with one address only: the UPDATE that the gate is measured against."""

from django.conf import settings

from beizhen.wsgi import application as application

settings.ROOT_URLCONF = "benchmarks.bare_door"
