# The service with its models, which needs no network to start or to answer. It does not run as root, and the archive is
# in the volume. scripts/image builds it, runs it and lists what is in it.
#
#   docker build --build-arg TORCH_INDEX=… -t onrecord .
#   docker run -p 127.0.0.1:8000:8000 -v archive:/archive onrecord
#
# TORCH_INDEX makes the image small, as without it pip takes PyTorch with CUDA: scripts/install says what to give.

# The digest holds the base to the bytes that were tried; `docker buildx imagetools inspect python:3.11-slim-bookworm`
# prints the newest one.
ARG BASE=python:3.11-slim-bookworm@sha256:a36c24f9cbdf4fd0f52d67f0823eeac19c2028c637cecc392d97f980d4fec56b

FROM ${BASE} AS build
ARG TORCH_INDEX=""
ENV PIP_NO_CACHE_DIR=1 PIP_ROOT_USER_ACTION=ignore
WORKDIR /src
# The slow steps that seldom change come first, so that a change of the code installs onrecord alone.
COPY scripts/install scripts/install
COPY requirements requirements
RUN scripts/install /opt/build requirements/build.txt \
 && scripts/install /opt/onrecord requirements/service.txt
COPY scripts/slim scripts/slim
COPY README.md LICENSE pyproject.toml ./
COPY onrecord onrecord
COPY index index
COPY service service
COPY prompts prompts
RUN /opt/build/bin/hatchling build --target wheel \
 && scripts/install /opt/onrecord requirements/service.txt --no-deps dist/*.whl \
 && scripts/slim /opt/onrecord \
 && /opt/build/bin/cyclonedx-py environment --pyproject pyproject.toml --output-file /opt/onrecord/sbom.cdx.json /opt/onrecord

FROM ${BASE}
RUN groupadd --gid 10001 onrecord \
 && useradd --uid 10001 --gid 10001 --no-create-home --home-dir /nonexistent --shell /usr/sbin/nologin onrecord \
 && install --directory --owner=10001 --group=10001 /archive
COPY --from=build /opt/onrecord /opt/onrecord
WORKDIR /srv
COPY seeds seeds
ENV PATH="/opt/onrecord/bin:$PATH" \
    PYTHONUNBUFFERED=1 \
    PYTHONDONTWRITEBYTECODE=1 \
    ONRECORD_HOME=/archive
USER 10001:10001
VOLUME /archive
EXPOSE 8000
# http.client is used, as urllib would go through a proxy that the environment names.
HEALTHCHECK --interval=30s --timeout=5s --start-period=60s --retries=3 \
    CMD ["python", "-c", "from http.client import HTTPConnection as C; c = C('127.0.0.1', 8000, timeout=4); c.request('GET', '/health/ready'); raise SystemExit(c.getresponse().status != 200)"]
ENTRYPOINT ["onrecord"]
CMD ["serve", "--host", "0.0.0.0", "--port", "8000"]
