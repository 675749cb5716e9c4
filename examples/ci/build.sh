#!/usr/bin/env bash
# Builds every image of a matrix for the platform of this machine, and pushes them
# without tags: `index.sh` tags them when every platform is there. An image that
# fails does not end the others; what came of each is in images.md and images.xml.
#
#   build.sh IMAGE DIGESTS OPTION...
#
# IMAGE is where they are pushed, as in registry.example.com/team/dynamo. DIGESTS
# is the folder for what was pushed, one file for each platform. The options are
# those of `dynamo-frontend bake`.
set -euo pipefail
image=$1 digests=$2
shift 2

platform=linux/$(docker version --format '{{.Server.Arch}}')
mkdir -p "$digests"
dynamo-frontend bake "$@" --platform "$platform" --build --keep-going \
    --report "$digests/${platform##*/}.json" --report images.md --report images.xml -- \
    --set '*.tags=' \
    --set "*.output=type=image,\"name=$image\",push-by-digest=true,name-canonical=true,push=true"
