#!/usr/bin/env bash
# Makes a builder named `dynamo` in the cluster of the current context: buildx makes
# the pods, one deployment for each architecture, and reaches them by the API server.
#
#   create.sh NAMESPACE
set -euo pipefail
namespace=${1:?usage: create.sh NAMESPACE}
config=$(dirname "$0")/buildkitd.toml

append=()
for arch in amd64 arm64; do
    options=(
        "namespace=$namespace"
        "replicas=1"
        "requests.cpu=8"
        "requests.memory=32Gi"
        "requests.ephemeral-storage=200Gi"
        "limits.memory=64Gi"
        "nodeselector=kubernetes.io/arch=$arch"
        "timeout=300s"
    )
    docker buildx create --name dynamo "${append[@]}" --driver kubernetes \
        --node "dynamo-$arch" --platform "linux/$arch" \
        --buildkitd-config "$config" "${options[@]/#/--driver-opt=}"
    append=(--append)
done
docker buildx use dynamo
