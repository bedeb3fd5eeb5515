# The server with its pages; the same image runs `remote-bid migrate` and `remote-bid cosign`.
FROM node:20-bookworm-slim AS pages
WORKDIR /src/web
COPY web/package.json web/package-lock.json web/.npmrc ./
RUN npm ci --no-audit --no-fund
COPY web/ ./
RUN WEB_OUT_DIR=/pages npm run build

FROM python:3.12-slim-bookworm AS program
WORKDIR /src
COPY requirements.lock ./
RUN python -m venv /opt/remote-bid && /opt/remote-bid/bin/pip install --no-cache-dir --require-hashes -r requirements.lock
COPY pyproject.toml hatch_build.py README.md LICENSE ./
COPY remote_bid/ remote_bid/
COPY --from=pages /pages remote_bid/pages/
RUN /opt/remote-bid/bin/pip install --no-cache-dir --no-deps --no-build-isolation .

FROM python:3.12-slim-bookworm
# Documents are set in Chinese; backups are made with PostgreSQL's own programs.
RUN apt-get update \
 && apt-get install -y --no-install-recommends fonts-noto-cjk postgresql-client \
 && rm -rf /var/lib/apt/lists/* \
 && useradd --system --uid 10001 --home-dir /var/lib/remote-bid --create-home remote-bid
COPY --from=program /opt/remote-bid /opt/remote-bid
USER remote-bid
VOLUME /var/lib/remote-bid
EXPOSE 8080
ENTRYPOINT ["/opt/remote-bid/bin/remote-bid"]
CMD ["serve", "/etc/remote-bid/settings.json", "--data", "/var/lib/remote-bid", "--host", "0.0.0.0", "--port", "8080"]
