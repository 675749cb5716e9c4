#!/usr/bin/env bash
# Makes an authority of its own, a certificate for a builder, and one for those who
# build on it.
#
#   certificates.sh HOST [FOLDER]
#
# HOST is the name or the IP address that clients reach the builder by.
set -euo pipefail
host=${1:?usage: certificates.sh HOST [FOLDER]} folder=${2:-certificates}
days=365

case $host in
*[!0-9.]*) name=DNS:$host ;;
*) name=IP:$host ;;
esac

umask 077
mkdir -p "$folder/server" "$folder/client"
openssl req -x509 -newkey rsa:3072 -nodes -days "$days" -subj "/CN=BuildKit authority" \
    -addext basicConstraints=critical,CA:TRUE -addext keyUsage=critical,keyCertSign \
    -keyout "$folder/authority-key.pem" -out "$folder/ca.pem" 2>/dev/null

issue() { # FOLDER NAME USE
    openssl req -newkey rsa:3072 -nodes -subj "/CN=$2" \
        -keyout "$folder/$1/key.pem" -out "$folder/$1/request.pem" 2>/dev/null
    openssl x509 -req -days "$days" -in "$folder/$1/request.pem" \
        -CA "$folder/ca.pem" -CAkey "$folder/authority-key.pem" -CAcreateserial \
        -extfile <(printf 'extendedKeyUsage=%s\nsubjectAltName=%s\n' "$3" "$name") \
        -out "$folder/$1/cert.pem" 2>/dev/null
    rm "$folder/$1/request.pem"
    cp "$folder/ca.pem" "$folder/$1/ca.pem"
}

issue server buildkitd serverAuth
issue client buildx clientAuth
