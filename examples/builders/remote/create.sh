#!/usr/bin/env bash
# Makes a builder named `dynamo` of machines that run BuildKit: each platform is
# built where it is native, with one `docker buildx build`.
#
#   create.sh CERTIFICATES linux/amd64=tcp://HOST:1234 [linux/arm64=tcp://HOST:1234]
#
# CERTIFICATES is the folder of the client that `certificates.sh` made.
set -euo pipefail
certificates=$(realpath "${1:?usage: create.sh CERTIFICATES PLATFORM=tcp://HOST:PORT ...}")
shift

append=()
for node in "$@"; do
    docker buildx create --name dynamo "${append[@]}" --driver remote \
        --platform "${node%%=*}" \
        --driver-opt "cacert=$certificates/ca.pem,cert=$certificates/cert.pem,key=$certificates/key.pem" \
        "${node#*=}"
    append=(--append)
done
docker buildx use dynamo
