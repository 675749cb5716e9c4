#!/bin/sh
# Starts the HTTP frontend on the port that is given.
exec python -m dynamo.frontend --http-port "${1:-8000}"
