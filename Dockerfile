# The service with the shipped packs, as somebody who is not root, on a root file system that may be read-only:
#
#   docker build --tag spotter .
#   docker run --read-only --volume spotter:/var/lib/spotter --network host spotter
#
# Without API keys the service answers on the loopback address only and refuses every other. So the container does
# the same by default: reach it through the host's network, as above, or from a container that shares its network
# (a sidecar, a pod). It does not listen on a published port until keys are configured.

FROM python:3.13-slim AS build
ENV PIP_DISABLE_PIP_VERSION_CHECK=1 \
    PIP_NO_CACHE_DIR=1 \
    PIP_ROOT_USER_ACTION=ignore
WORKDIR /build
COPY requirements.lock ./
# The lock's two parting lines: above the first what running needs, between them what building adds.
RUN sed '/^# ---- to build ----$/,$d' requirements.lock > run.lock \
    && sed '/^# ---- to test ----$/,$d' requirements.lock > build.lock \
    && python -m venv /build/venv \
    && /build/venv/bin/pip install --require-hashes --only-binary=:all: --no-deps --requirement build.lock \
    && python -m venv --without-pip /opt/spotter \
    && /build/venv/bin/pip --python /opt/spotter/bin/python install \
       --require-hashes --only-binary=:all: --no-deps --requirement run.lock
COPY LICENSE README.md pyproject.toml ./
COPY dsl dsl
COPY rules rules
COPY service service
RUN /build/venv/bin/pip wheel --no-index --no-deps --no-build-isolation --wheel-dir wheels . \
    && /build/venv/bin/pip --python /opt/spotter/bin/python install --no-index --no-deps wheels/*.whl \
    && /opt/spotter/bin/python -I -m service.precompile \
    && install --directory --owner=10001 --group=10001 --mode=0700 /data

FROM python:3.13-slim
ENV PATH=/opt/spotter/bin:$PATH \
    PYTHONDONTWRITEBYTECODE=1 \
    PYTHONUNBUFFERED=1 \
    SPOTTER_DATA_DIR=/var/lib/spotter
COPY --from=build /opt/spotter /opt/spotter
COPY --from=build --chown=10001:10001 /data /var/lib/spotter
USER 10001:10001
WORKDIR /var/lib/spotter
VOLUME ["/var/lib/spotter"]
EXPOSE 8080
HEALTHCHECK --interval=10s --timeout=3s --start-period=10s --retries=3 \
    CMD ["python", "-c", "from urllib.request import urlopen; urlopen('http://127.0.0.1:8080/health/live', timeout=2)"]
CMD ["spotter", "serve", "--port", "8080"]
