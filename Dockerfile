# The service with its models, which needs no network to start or to answer. It does not run as root, and the archive is
# in the volume.
#
#   docker build --build-arg TORCH_INDEX=… -t onrecord .
#   docker run -p 127.0.0.1:8000:8000 -v archive:/archive onrecord
#
# TORCH_INDEX makes the image small, as without it pip takes PyTorch with CUDA: scripts/install says what to give.

FROM python:3.11-slim-bookworm AS build
ARG TORCH_INDEX=""
ENV PIP_NO_CACHE_DIR=1 PIP_ROOT_USER_ACTION=ignore
WORKDIR /src
# The slow steps that seldom change come first, so that a change of the code installs onrecord alone.
COPY scripts/install scripts/install
COPY constraints.txt pyproject.toml ./
# PyTorch's own C++ tests and headers take 150 MB, and the service never opens them.
RUN python -c "import tomllib as t; p = t.load(open('pyproject.toml', 'rb'))['project']; print(*p['dependencies'], *p['optional-dependencies']['eval'], sep='\n')" \
      > requirements.txt \
 && scripts/install /opt/onrecord --requirement requirements.txt \
 && rm -r /opt/onrecord/lib/python3.11/site-packages/torch/test /opt/onrecord/lib/python3.11/site-packages/torch/include
COPY README.md LICENSE ./
COPY onrecord onrecord
COPY index index
COPY service service
COPY prompts prompts
RUN scripts/install /opt/onrecord --no-deps .

FROM python:3.11-slim-bookworm
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
