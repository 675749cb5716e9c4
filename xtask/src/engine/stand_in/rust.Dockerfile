# The machine's own Rust toolchain with a C linker: what frontend.Dockerfile
# and steps that compile need of the public Rust image, at the paths where that
# has it. Documentation and sources are left out.
ARG BASE_IMAGE
FROM ${BASE_IMAGE}
RUN apt-get update \
    && DEBIAN_FRONTEND=noninteractive apt-get install --yes --no-install-recommends gcc libc6-dev \
    && rm -rf /var/lib/apt/lists/*
ARG TRIPLE
COPY --from=sysroot bin/cargo bin/rustc /usr/local/rustup/toolchains/stand-in/bin/
COPY --from=sysroot lib/*.so* /usr/local/rustup/toolchains/stand-in/lib/
COPY --from=sysroot lib/rustlib/${TRIPLE} /usr/local/rustup/toolchains/stand-in/lib/rustlib/${TRIPLE}
RUN mkdir -p /usr/local/cargo/bin \
    && ln -s /usr/local/rustup/toolchains/stand-in/bin/* /usr/local/cargo/bin/
ENV RUSTUP_HOME=/usr/local/rustup \
    CARGO_HOME=/usr/local/cargo \
    PATH=/usr/local/cargo/bin:${PATH}
# A toolchain that is laid out in another way is found out here.
RUN rustc -vV && cargo -V
