#!/usr/bin/env bash
# Packs an installed tree: as an archive, as a Debian package, and their checksums. The same tree and the same commit
# give the same bytes.
#
#   packaging/dist.sh TREE LIBRARIES OUT
#
# TREE is what `make install` put below its PREFIX. LIBRARIES has a folder for each library that the program contains.
# OUT is the folder for the packages, which is made anew. DEBFULLNAME and DEBEMAIL name who packs, as for Debian's own tools.
set -euo pipefail
[ $# = 3 ] || { sed -n '2,/^set/s/^# \{0,1\}//p' "$0"; exit 2; }
export LC_ALL=C TZ=UTC
umask 022
packaging=$(realpath "$(dirname "$0")")
repository=$(dirname "$packaging")
tree=$(realpath "$1")
libraries=$(realpath "$2")
rm -rf "$3"
mkdir -p "$3"
out=$(realpath "$3")
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

SOURCE_DATE_EPOCH=${SOURCE_DATE_EPOCH:-$(git -C "$repository" log -1 --format=%ct)}
export SOURCE_DATE_EPOCH
version=$("$tree/bin/ration" --version)
maintainer="${DEBFULLNAME:-The Ration authors} <${DEBEMAIL:-noreply@github.com}>"

# Whoever makes it, and whenever: the same permissions and times.
settle() {
  find "$1" -type d -exec chmod 755 {} +
  find "$1" -type f -exec chmod 644 {} +
  chmod 755 "$1"/bin/*
  find "$1" -exec touch --no-dereference --date="@$SOURCE_DATE_EPOCH" {} +
}

# The archive: the tree, and the licences of what the program contains. The program has no symbols, and no folder of
# its own to look for libraries in.
name=ration-$version-linux-$(uname -m)
packed=$work/$name
cp -R "$tree" "$packed"
strip --strip-all --remove-section=.comment --remove-section=.note "$packed/bin/ration"
chrpath --delete "$packed/bin/ration" >/dev/null
licences=$packed/share/ration/licences
mkdir "$licences"
cp "$packaging"/licences/* "$licences"
for library in "$libraries"/*/; do
  find "$library" -maxdepth 1 \( -name 'LICENSE*' -o -name 'NOTICE*' \) -print0 | sort -z | xargs -0 cat -- \
    >"$licences/$(basename "$library").txt"
  [ -s "$licences/$(basename "$library").txt" ] || { echo "$library has no licence" >&2; exit 1; }
done
settle "$packed"
tar --create --format=gnu --sort=name --owner=0 --group=0 --numeric-owner --directory="$work" "$name" |
  gzip --best --no-name >"$out/$name.tar.gz"

# The Debian package: the same tree in /usr, with what Debian wants elsewhere or compressed.
root=$work/root
shared=$root/usr/share
documents=$shared/doc/ration
mkdir -p "$root/DEBIAN"
cp -R "$packed" "$root/usr"
mkdir -p "$documents" "$shared/zsh/vendor-completions"
mv "$shared/zsh/site-functions/_ration" "$shared/zsh/vendor-completions"
rmdir "$shared/zsh/site-functions"
gzip --best --no-name "$shared"/man/man1/*.1
# Completions are read by a shell, and are no programs.
sed -i '1{/^#!/d}' "$shared/bash-completion/completions/ration"
cat "$packaging/debian/copyright" "$repository/LICENSE" "$repository/NOTICE" >"$documents/copyright"
ln -sf ../doc/ration/copyright "$shared/ration/LICENSE"
gzip --best --no-name <"$repository/CHANGELOG.md" >"$documents/changelog.gz"

# The tools read a folder named debian.
mkdir -p "$work/debian"
control=$(<"$packaging/debian/control")
cd "$work"
printf '%s\n' "${control/@MAINTAINER@/"$maintainer"}" >debian/control
cat >debian/changelog <<END
ration ($version-1) unstable; urgency=medium

  * Version $version. See changelog.gz.

 -- $maintainer  $(date --rfc-email --date="@$SOURCE_DATE_EPOCH")
END
gzip --best --no-name <debian/changelog >"$documents/changelog.Debian.gz"
settle "$root/usr"
dpkg-shlibdeps -Tdebian/substvars root/usr/bin/ration
dpkg-gencontrol -Tdebian/substvars -fdebian/files -Proot
(cd root && find usr -type f -print0 | sort -z | xargs -0 md5sum >DEBIAN/md5sums)
chmod 755 root root/DEBIAN
chmod 644 root/DEBIAN/*
find root -exec touch --no-dereference --date="@$SOURCE_DATE_EPOCH" {} +
# With several threads the bytes would depend on how many there are.
dpkg-deb --root-owner-group --threads-max=1 -Zxz --build root "$out"
# The one warning that is suppressed is for packages that are uploaded to Debian.
lintian --fail-on error,warning --suppress-tags initial-upload-closes-no-bugs "$out"/*.deb

(cd "$out" && sha256sum -- *.tar.gz *.deb | tee SHA256SUMS)
