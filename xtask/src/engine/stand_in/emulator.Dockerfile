# The emulator of arm64, out of Debian's archive: one program that needs no
# library, so that the kernel can start it in every container.
ARG BASE_IMAGE
FROM ${BASE_IMAGE} AS fetch
WORKDIR /fetch
RUN set -eu; chmod a+rwx .; \
    apt-get update; \
    apt-get download qemu-user-static; \
    dpkg-deb --extract qemu-user-static_*.deb /package

FROM scratch
COPY --from=fetch /package/usr/bin/qemu-aarch64-static /emulator
