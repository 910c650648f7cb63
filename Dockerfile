# One image, four roles: run, webserver, daemon, docs site (see docker-compose.yml).
FROM python:3.12-slim-bookworm

RUN apt-get update \
    && apt-get install -y --no-install-recommends libgomp1 postgresql-client tini make \
    && rm -rf /var/lib/apt/lists/* \
    && useradd --create-home --uid 10001 bellwether

WORKDIR /opt/bellwether
COPY --chown=bellwether:bellwether . .
RUN chown bellwether:bellwether /opt/bellwether && mkdir -p /var/lib/bellwether && chown bellwether:bellwether /var/lib/bellwether

USER bellwether
RUN make .venv/bin/.ready-run

ENV BELLWETHER_HOME=/var/lib/bellwether \
    DAGSTER_DISABLE_TELEMETRY=true \
    DO_NOT_TRACK=1 \
    PATH=/opt/bellwether/.venv/bin:$PATH

VOLUME /var/lib/bellwether
ENTRYPOINT ["tini", "--"]
CMD ["bellwether", "--help"]
