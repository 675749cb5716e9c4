# Runs a program with a Debian root as its whole file system, in the mount
# namespace that it was started in. A chroot would not do: runc can then not
# make its containers' mounts private, and every RUN fails.
#
# arguments: ROOT  RUN-FOLDER  DATA-FOLDER  MOUNTPOINT-OF-DATA  PROGRAM  ARGUMENT...
set -eu
root=$1 run=$2 data=$3 mountpoint=$4
shift 4

mount --make-rprivate /
mount --bind "$root" "$root"
for folder in proc sys dev; do
    mount --rbind "/$folder" "$root/$folder"
done
mount -t tmpfs tmpfs "$root/run"
mount -t tmpfs tmpfs "$root/tmp"

# Sockets that the machine must reach.
mkdir -p "$root/run/host" "$root$mountpoint"
mount --bind "$run" "$root/run/host"
mount --bind "$data" "$root$mountpoint"

# The machine's own name service and certificates.
if [ -s /run/systemd/resolve/resolv.conf ]; then
    cat /run/systemd/resolve/resolv.conf >"$root/etc/resolv.conf"
elif [ -s /etc/resolv.conf ]; then
    cat /etc/resolv.conf >"$root/etc/resolv.conf"
fi
cat /etc/hosts >"$root/etc/hosts"
if [ -s /etc/ssl/certs/ca-certificates.crt ]; then
    mount --bind /etc/ssl/certs "$root/etc/ssl/certs"
fi

cd "$root"
pivot_root . .
umount -l .
exec "$@"
