# Builds the frontend image: one static binary and nothing else.
#
#   docker buildx build -f frontend.Dockerfile -t nvidia/dynamo-frontend:1 .
#
# Any Rust image with a C linker can take the place of the public one:
#   --build-context rust=docker-image://REFERENCE
#
# No `# syntax=` line: every BuildKit that can run the frontend can build it
# with the Dockerfile frontend that it contains.

FROM docker.io/library/rust:1.95-bookworm AS rust

FROM rust AS build
ARG TARGETARCH
# A cargo home of our own, so that the caches do not hide what the base image
# keeps in its; no toolchain but the one that is there; and no memory of another
# base image's compiler in the cache of the target folder.
ENV CARGO_HOME=/cargo \
    CARGO_TARGET_DIR=/target \
    CARGO_CACHE_RUSTC_INFO=0 \
    RUSTUP_AUTO_INSTALL=0
WORKDIR /source
# An explicit target keeps `crt-static` away from build scripts and procedural
# macros, which must stay dynamic.
RUN --mount=type=bind,target=/source \
    --mount=type=cache,id=dynamo-frontend-cargo,target=/cargo \
    --mount=type=cache,id=dynamo-frontend-target-${TARGETARCH},target=/target,sharing=locked \
    triple="$(uname -m)-unknown-linux-gnu" \
    && RUSTFLAGS='-C target-feature=+crt-static' \
        cargo build --locked --profile dist --package dynamo-frontend --bin dynamo-frontend \
            --target "$triple" \
    && install -D "/target/$triple/dist/dynamo-frontend" /out/dynamo-frontend

FROM scratch
COPY --from=build /out/ /
ENTRYPOINT ["/dynamo-frontend"]
ARG VERSION=dev
LABEL moby.buildkit.frontend.network.none="true" \
      moby.buildkit.frontend.caps="moby.buildkit.frontend.inputs,moby.buildkit.frontend.subrequests,moby.buildkit.frontend.contexts,moby.buildkit.frontend.gitquerystring" \
      org.opencontainers.image.title="dynamo-frontend" \
      org.opencontainers.image.description="BuildKit frontend for NVIDIA Dynamo container images" \
      org.opencontainers.image.source="https://github.com/ai-dynamo/dynamo-frontend" \
      org.opencontainers.image.licenses="Apache-2.0" \
      org.opencontainers.image.version="${VERSION}"
