# One image for web, workers, beat and migrations; docker-compose.yml says which command each of them runs.
FROM python:3.12-slim AS build
WORKDIR /srv/beizhen
RUN pip install --no-cache-dir uv==0.13.9
COPY pyproject.toml uv.lock ./
RUN uv sync --frozen --no-dev --no-cache --compile-bytecode
COPY manage.py ./
COPY beizhen ./beizhen
COPY farm ./farm
COPY shop ./shop
COPY tours ./tours
RUN BEIZHEN_VAR=/tmp/build STATIC_ROOT=/srv/beizhen/static .venv/bin/python manage.py collectstatic --noinput \
    && .venv/bin/python -m compileall -q beizhen farm shop tours

FROM python:3.12-slim
# Tickets carry their Chinese letters, drawn in this font.
RUN apt-get update && apt-get install --yes --no-install-recommends fonts-wqy-microhei && rm -rf /var/lib/apt/lists/*
RUN useradd --uid 10001 --no-create-home --home-dir /tmp --shell /usr/sbin/nologin beizhen \
    && install --directory --owner beizhen --mode 700 /srv/private
WORKDIR /srv/beizhen
COPY --from=build /srv/beizhen /srv/beizhen
ENV PATH=/srv/beizhen/.venv/bin:$PATH \
    PYTHONUNBUFFERED=1 \
    PYTHONDONTWRITEBYTECODE=1 \
    BEIZHEN_VAR=/tmp/beizhen \
    PRIVATE_ROOT=/srv/private \
    STATIC_ROOT=/srv/beizhen/static
USER beizhen
EXPOSE 8000
HEALTHCHECK --interval=15s --timeout=5s --start-period=30s --retries=3 \
    CMD ["python", "-c", "import urllib.request as ask; ask.urlopen('http://127.0.0.1:8000/healthz/live', timeout=4)"]
CMD ["python", "-m", "beizhen.web", "--interface", "wsgi", "--host", "0.0.0.0", "--port", "8000", "--no-ws", "--workers", "2", "--blocking-threads", "2", "--respawn-failed-workers", "--workers-kill-timeout", "25"]
