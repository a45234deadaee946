# Builds a Python for another architecture from Debian's source, in the current folder.
# $1: the GNU triple, $2: Debian's release, $3: the Python, such as 3.11.
set -eu
export SOURCE_DATE_EPOCH=1686355200
mirror="$(apt-get indextargets --format '$(REPO_URI)' "Release: $2" | sort -u | sed -n 1p)"
mkdir -p apt/lists/partial apt/cache/archives/partial apt/parts python zlib build out
key=/usr/share/keyrings/debian-archive-keyring.gpg
echo "deb-src [signed-by=$key] ${mirror:?this machine has no mirror of $2} $2 main" >apt/sources.list
own="-o Dir::Etc::SourceList=$PWD/apt/sources.list -o Dir::Etc::SourceParts=$PWD/apt/parts
  -o Dir::State::Lists=$PWD/apt/lists -o Dir::Cache=$PWD/apt/cache -o APT::Sandbox::User=root"
apt-get $own update -qq
apt-get $own source -qq --download-only "python$3" zlib
tar -xf python*.orig.tar.* --strip-components=1 -C python
tar -xf zlib*.orig.tar.* --strip-components=1 -C zlib
(
  cd zlib
  chmod +x configure
  CHOST=$1 CC=$1-gcc AR=$1-ar RANLIB=$1-ranlib CFLAGS='-O2 -fPIC' ./configure --static
  make libz.a
)
cd build
../python/configure --host="$1" --build="$(gcc -dumpmachine)" --prefix=/usr \
  --with-build-python="$(command -v "/usr/bin/python$3")" \
  --disable-ipv6 --disable-test-modules --without-ensurepip \
  ac_cv_file__dev_ptmx=yes ac_cv_file__dev_ptc=no \
  CFLAGS='-fPIC -g0' CPPFLAGS="-I$PWD/../zlib" LDFLAGS="-L$PWD/../zlib" \
  ZLIB_CFLAGS="-I$PWD/../zlib" ZLIB_LIBS="-L$PWD/../zlib -lz"
make -j"$(nproc)"
make install DESTDIR="$PWD/../out"
