# The machine's own Rust toolchain with a C linker: what frontend.Dockerfile
# needs of the public Rust image. Documentation and sources are left out.
ARG BASE_IMAGE
FROM ${BASE_IMAGE}
RUN apt-get update \
    && DEBIAN_FRONTEND=noninteractive apt-get install --yes --no-install-recommends gcc libc6-dev \
    && rm -rf /var/lib/apt/lists/*
ARG TRIPLE
COPY --from=sysroot bin/cargo bin/rustc /opt/rust/bin/
COPY --from=sysroot lib/*.so* /opt/rust/lib/
COPY --from=sysroot lib/rustlib/${TRIPLE} /opt/rust/lib/rustlib/${TRIPLE}
ENV PATH=/opt/rust/bin:${PATH}
# A toolchain that is laid out in another way is found out here.
RUN rustc -vV && cargo -V
