# Builds a room out of the namespaces it was started in, reads the room's files from stdin and runs one command there.
# Arguments: BYTES OF ROOM, what can be read …, --, NAME AND LENGTH of each file …, --, the command.
# Whatever fails before "ready" is said ends it: a room that is half closed is not used.
set -eu
space=$1
shift

root=/tmp
mount -t tmpfs -o size=1m,nr_inodes=1k,mode=755,nosuid,nodev none "$root"
while [ "$1" != -- ]; do
  if [ -L "$1" ]; then
    mkdir -p "$root${1%/*}"
    cp -P "$1" "$root$1"
  elif [ -d "$1" ]; then
    mkdir -p "$root$1"
    mount -o bind,ro,nosuid,nodev "$1" "$root$1"
  elif [ -e "$1" ]; then
    mkdir -p "$root${1%/*}"
    : >"$root$1"
    # noexec, because what a container's runtime forbids where devices are must stay forbidden, or the kernel refuses.
    mount -o bind,ro,nosuid,noexec "$1" "$root$1"
  else
    echo "$1 is not there for whoever runs commands" >&2
    exit 1
  fi
  shift
done
shift

mkdir -p "$root/proc" "$root/room" "$root/old" "$root/etc"
echo 'root:x:0:0::/room:/bin/sh' >"$root/etc/passwd"
# Namespaces within namespaces would give back the rights that are taken away below.
echo 0 >/proc/sys/user/max_user_namespaces
mount -t proc -o ro,nosuid,nodev,noexec proc "$root/proc"
mount -t tmpfs -o "size=$space,nr_inodes=10k,mode=700,nosuid,nodev" none "$root/room"
mkdir "$root/room/.tmp"
ln -s room/.tmp "$root/tmp"
cd "$root"
pivot_root . old
cd /room
umount -l /old
rmdir /old
mount -o remount,bind,ro,nosuid,nodev /

while [ "$1" != -- ]; do
  case $1 in */*) mkdir -p "${1%/*}" ;; esac
  head -c "$2" >"$1"
  shift 2
done
shift

echo ready
# Not exec: this shell is the first process of its namespace. When it ends, so does all that the command left behind.
status=0
"$@" </dev/null || status=$?
exit "$status"
