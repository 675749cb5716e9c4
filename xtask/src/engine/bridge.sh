# Runs an engine on a bridge of its own, which it needs nothing of the machine's
# packet filter for: two engines that both write their rules there would undo
# each other's. The bridge and its rules go when the engine does.
#
# arguments: BRIDGE  SUBNET  ADDRESS-ON-BRIDGE  PROGRAM  ARGUMENT...
set -eu
bridge=$1 subnet=$2 address=$3
shift 3

rules() {
    iptables --wait --table nat "$1" POSTROUTING -s "$subnet" ! -o "$bridge" -j MASQUERADE
    iptables --wait "$1" FORWARD -i "$bridge" ! -o "$bridge" -j ACCEPT
    iptables --wait "$1" FORWARD -o "$bridge" -m conntrack --ctstate RELATED,ESTABLISHED -j ACCEPT
}

clear() {
    while rules --delete; do :; done
    ip link delete "$bridge"
}

# What one that was killed left behind.
clear 2>/dev/null || :
ip link add "$bridge" type bridge
ip address add "$address" dev "$bridge"
ip link set "$bridge" up
rules --insert

"$@" &
engine=$!
trap 'kill -TERM "$engine"' TERM INT
# A signal ends the first wait, the engine the second.
wait "$engine" || wait "$engine" || status=$?
clear 2>/dev/null || :
exit "${status:-0}"
