# Files of a release that are made from files of an older release, because little of them has changed.

# BASE NAME DATA MANNER, then KIND FROM TO COUNT for each piece: makes the file NAME, in the tree, from the same file of the release BASE and
# from the list DATA. If MANNER is `copy`, the old file is copied, and the pieces are written into the copy. The copy is never a
# hard link. If MANNER is `join`, the pieces are the whole file. The file is compared with its digest afterwards, like every other file.
l_patch() {
  l_base=$P/releases/$1 l_file=$2 l_data=$S/lists/$3 l_how=$4 l_up=$2
  l_old=$l_base/$l_file
  while [ -n "$l_up" ] && [ ! -L "$l_base/$l_up" ]; do
    case $l_up in */*) l_up=${l_up%/*} ;; *) l_up= ;; esac
  done
  shift 4
  {
    [ -z "$l_up" ] && [ -f "$l_old" ] && l_parent "$l_file" && ( set -C; true >"./$l_file" ) && l_pieces "$@"
  } 2>/dev/null || l_die 46 "release ${l_base##*/} is not as it was delivered: $l_file cannot be made from it"
}
# PATH: makes the folders above a path in the tree.
l_parent() { case $1 in */*) [ -d "./${1%/*}" ] || mkdir -p "./${1%/*}" ;; esac; }
# Writes the pieces of `l_patch` into the empty file `l_file`.
l_pieces() {
  if [ "$l_how" = copy ]; then
    cp --reflink=auto -- "$l_old" "./$l_file" || cp -- "$l_old" "./$l_file" || return 1
    [ -w "./$l_file" ] || chmod u+w "./$l_file" || return 1
  fi
  while [ $# -gt 0 ]; do
    if [ "$1" = old ]; then l_l=$l_old; else l_l=$l_data; fi
    dd if="$l_l" of="./$l_file" bs=1M iflag=skip_bytes,count_bytes,fullblock oflag=seek_bytes conv=notrunc \
      skip="$2" seek="$3" count="$4" || return 1
    shift 4
  done
}
