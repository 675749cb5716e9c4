# What projects release, out of Debian's archive: sources as they come from
# upstream, and servers that run on the base image. apt checks all of it against
# the signed index of the suite.
#
#   NAME/VERSION/...    one version of each name
ARG BASE_IMAGE
FROM ${BASE_IMAGE} AS fetch
# Sources from the place that the image has its packages from, which is written
# in one of two forms: of the image's own release, and of the next one.
RUN set -eu; cd /etc/apt; \
    place=$(cat sources.list sources.list.d/*.sources 2>/dev/null \
        | sed -nE 's/^(deb|URIs:) +([^ ]+).*/\2/p' | head -n 1); \
    key=/usr/share/keyrings/debian-archive-keyring.gpg; \
    for suite in bookworm trixie; do \
        echo "deb-src [signed-by=$key] $place $suite main"; \
    done > sources.list.d/releases.list; \
    apt-get update; \
    DEBIAN_FRONTEND=noninteractive apt-get install --yes --no-install-recommends xz-utils
WORKDIR /fetch
RUN set -eu; chmod a+rwx .; \
    apt-get source --download-only --tar-only ucx/bookworm; \
    apt-get source --download-only --tar-only libfabric/trixie; \
    apt-get download nats-server etcd-server etcd-client
RUN set -eu; \
    for name in ucx libfabric; do \
        file=$(echo ${name}_*.orig.tar.*); \
        version=${file#*_}; version=${version%.orig.tar.*}; \
        mkdir -p /out/$name/$version; \
        tar --extract --file=$file --directory=/out/$name/$version --strip-components=1 --no-same-owner; \
    done; \
    # Debian moved the folder out of the way of its own.
    cd /out/ucx/*; if [ -d debian.upstream ]; then mv debian.upstream debian; fi
RUN set -eu; \
    server() { \
        version=$(dpkg-deb --field "$1"_*.deb Version); \
        mkdir -p /packages; dpkg-deb --extract "$1"_*.deb "/packages/$1"; \
        install -D --target-directory="/out/$2/${version%%[-+]*}" "/packages/$1/usr/$3"; \
    }; \
    server nats-server nats-server sbin/nats-server; \
    server etcd-server etcd bin/etcd; \
    server etcd-client etcd bin/etcdctl

FROM scratch
COPY --from=fetch /out /
