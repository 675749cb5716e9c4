#!/usr/bin/env bash
# Builds every image of a bake file for the platform of this machine, and pushes
# them without tags: `index.sh` tags them when every platform is there.
#
#   build.sh BAKE-FILE IMAGE DIGESTS
#
# IMAGE is where they are pushed, as in registry.example.com/team/dynamo. DIGESTS
# is the folder for what was pushed, one file for each platform.
set -euo pipefail
bake=$1 image=$2 digests=$3

platform=linux/$(docker version --format '{{.Server.Arch}}')
mkdir -p "$digests"
docker buildx bake --file "$bake" --metadata-file "$digests/${platform##*/}.json" \
    --set "*.platform=$platform" \
    --set '*.tags=' \
    --set "*.output=type=image,\"name=$image\",push-by-digest=true,name-canonical=true,push=true"
