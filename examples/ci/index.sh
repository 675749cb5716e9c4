#!/usr/bin/env bash
# Puts what `build.sh` pushed for each platform under the tags of a bake file, and
# prints the digest of each image.
#
#   index.sh BAKE-FILE IMAGE DIGESTS
set -euo pipefail
bake=$1 image=$2 digests=$3

# Nothing to tag is no success: the builds left nothing here.
if ! compgen -G "$digests/*.json" >/dev/null; then
    echo "index.sh: no digests in $digests" >&2
    exit 1
fi

jq -r '.target | keys[]' "$bake" | while read -r target; do
    mapfile -t tags < <(jq -r --arg target "$target" \
        '.target[$target].tags[]? | "--tag=\(.)"' "$bake")
    mapfile -t platforms < <(jq -r --arg target "$target" --arg image "$image" \
        '.builds[] | select(.name == $target) | .digest // empty | "\($image)@\(.)"' \
        "$digests"/*.json)
    # A group of the file is no image, and has no digest.
    if [ "${#tags[@]}" -eq 0 ] || [ "${#platforms[@]}" -eq 0 ]; then
        continue
    fi
    docker buildx imagetools create "${tags[@]}" "${platforms[@]}"
    digest=$(docker buildx imagetools inspect "${tags[0]#--tag=}" \
        --format '{{json .Manifest.Digest}}' | jq -r .)
    echo "$target $image@$digest"
done
