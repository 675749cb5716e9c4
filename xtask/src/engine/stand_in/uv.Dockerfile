# uv and uvx at the root of an otherwise empty image, as the public image of uv
# has them, taken from uv's wheel.
ARG BASE_IMAGE
FROM ${BASE_IMAGE} AS wheel
ARG UV_VERSION
RUN python3 -m venv /pip \
    && /pip/bin/pip install --no-cache-dir --no-deps --target /wheel "uv==${UV_VERSION}"

FROM scratch
COPY --from=wheel /wheel/bin/uv /wheel/bin/uvx /
ENTRYPOINT ["/uv"]
