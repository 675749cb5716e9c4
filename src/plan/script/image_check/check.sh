set -uf
name=$1 tell=${2:-}
folder=/run/dynamo/report/check
report=$folder/$name.txt
mapfile -d '' -t environment <"/proc/$$/environ"
most=$((16 << 20))
failed=0 skipped='' place=0 ran='' seen=' ' limit='' given='' limit_place=0 large=''

# Whatever a text has in it, it is one line, and not a long one.
plain() {
    local text=${1//$'\n'/\\n}
    text=${text//$'\t'/    }
    if [ "${#text}" -gt 1000 ]; then text="${text:0:1000}…"; fi
    printf '%s' "${text//[[:cntrl:]]/?}"
}
# What fails is told by the step that fails, and listed for who reads what it leaves;
# the step that is run again for its list is silent.
line() {
    printf '%s\n' "$(plain "$1")" >>"$report"
    if [ -z "$tell" ]; then printf '%s\n' "$(plain "$1")"; fi
}
list() {
    printf '%s %s\n' "$1" "$(plain "$2")" >>"$folder/list"
}
pass() { line "ok: $1"; }
fail() {
    failed=$((failed + 1))
    line "FAILED: $1"
    list "$place" "$1"
}
more() {
    line "  $1"
    list ' ' "$1"
}
# The end of a text, which is what says the most of it, once: what it is, the text.
shown() {
    local all from text
    if [[ $seen == *" $1 "* ]]; then return; fi
    seen="$seen$1 "
    if [ -z "$2" ]; then more "$1 is empty"; return; fi
    mapfile -t all < <(printf '%s\n' "$2")
    from=$((${#all[@]} > 6 ? ${#all[@]} - 6 : 0))
    more "$1$([ "$from" = 0 ] || printf ', the last 6 of %s lines' "${#all[@]}"):"
    for text in "${all[@]:from}"; do
        if [ "${#text}" -gt 160 ]; then text="${text:0:160}…"; fi
        more "  $text"
    done
}

# The last line of a text.
last() { printf '%s' "${1##*$'\n'}"; }

# A text, or the file that is too large to be one.
lines() {
    if [ "$large" ]; then tr -d '\0' <"$large"; else printf '%s\n' "$1"; fi 2>/dev/null
}
# Whether a text has another in it.
holds() {
    if [ "$large" ]; then lines '' | LC_ALL=C grep -F -q -e "$2"; else [[ $1 == *"$2"* ]]; fi
}
# Tests of texts: what it is, the text, the test, what is looked for.
text() {
    local found
    case $3 in
    contains)
        if holds "$2" "$4"; then pass "$1 contains \`$4\`"; return; fi
        fail "$1 does not contain \`$4\`"
        ;;
    matches)
        if found=$(lines "$2" | grep -E -m 1 -e "$4" 2>&1); then
            pass "a line of $1 matches \`$4\`"
            return
        fi
        fail "no line of $1 matches \`$4\`"
        if [ "$found" ]; then more "$found"; return; fi
        ;;
    does_not_match)
        found=$(lines "$2" | grep -E -n -m 1 -e "$4" 2>&1)
        case $? in
        0)
            fail "a line of $1 matches \`$4\`"
            more "line ${found%%:*}: ${found#*:}"
            ;;
        1) pass "no line of $1 matches \`$4\`" ;;
        *)
            fail "\`$4\` cannot be looked for"
            more "$found"
            ;;
        esac
        return
        ;;
    esac
    shown "${large:+the end of }$1" "$2"
}

expect_gpu() {
    local node
    for node in "$@"; do if [ -e "$node" ]; then return; fi; done
    skipped=1
    line 'skipped: this builder gives its steps no GPU'
}
expect_timeout() { limit=$1 given=$2 limit_place=$place; }
# Tells why what ran was killed, if it was, and what it printed until then.
was_killed() {
    local end=''
    case $killed in
    '') return 1 ;;
    late)
        if [ "$limit_place" != 0 ]; then local place=$limit_place; fi
        fail "$1 did not end within $given, and was killed"
        if [ "$limit_place" = 0 ]; then more 'a check that needs longer says so with `timeout`'; fi
        ;;
    loud)
        fail "$1 printed more than $((most >> 20)) MiB"
        end='the end of '
        ;;
    esac
    if [ -z "$out$err" ]; then more 'it printed nothing'; fi
    if [ "$err" ]; then shown "${end}standard error" "$err"; fi
    if [ "$out" ]; then shown "${end}standard output" "$out"; fi
}
expect_command() {
    ran="$*"
    if [ "${#ran}" -gt 80 ]; then ran="${ran:0:79}…"; fi
    ran="\`$ran\`"
    if [ "${!#}" = /run/dynamo/script ]; then ran='the script'; fi
    run . "$@"
    was_killed "$ran"
}
# Of a command that was killed everything has been said.
expect_status() {
    local by=''
    if [ "$killed" ]; then return; fi
    if [ "$status" = "$1" ]; then pass "$ran ended with status $status"; return; fi
    if [ "$status" -gt 128 ]; then by=$(kill -l "$status" 2>/dev/null) && by=" (SIG$by)"; fi
    fail "$ran ended with status $status$by, not $1"
    if [ -z "$out$err" ] && [ "$ran" = 'the script' ]; then
        more 'it printed nothing; with `set -x` it says what it runs'
        return
    fi
    if [ "$err" ]; then shown 'standard error' "$err"; else shown 'standard output' "$out"; fi
}
expect_stdout() { if [ -z "$killed" ]; then text 'standard output' "$out" "$@"; fi; }
expect_stderr() { if [ -z "$killed" ]; then text 'standard error' "$err" "$@"; fi; }

there() { [ -e "$1" ] || [ -L "$1" ]; }
# Whether a path is there: yes, no, or why that cannot be told.
look() {
    local found
    if found=$(LC_ALL=C stat -c %F -- "$1" 2>&1); then printf yes; return; fi
    case $found in
    *'No such file or directory' | *'Not a directory') printf no ;;
    *) printf '%s' "$(id -un 2>/dev/null || id -u): ${found##*: }" ;;
    esac
}
expect_exists() {
    local found
    found=$(look "$1")
    case $found in
    yes) pass "\`$1\` is there" ;;
    no) fail "\`$1\` is not there" ;;
    *) fail "\`$1\` cannot be looked at by $found" ;;
    esac
}
expect_absent() {
    local found
    found=$(look "$1")
    case $found in
    yes) fail "\`$1\` is there, and is not to be" ;;
    no) pass "\`$1\` is not there" ;;
    *) fail "\`$1\` cannot be looked at by $found" ;;
    esac
}
expect_kind() {
    local found='special file'
    there "$1" || return
    if [ -L "$1" ] && { [ "$2" = link ] || ! [ -e "$1" ]; }; then
        found=link
    elif [ -d "$1" ]; then
        found=dir
    elif [ -f "$1" ]; then
        found=file
    fi
    if [ "$found" = "$2" ]; then
        pass "\`$1\` is a ${2/dir/folder}"
    else
        fail "\`$1\` is a ${found/dir/folder}, not a ${2/dir/folder}"
    fi
}
# What a path has: path, what it is called, what is expected, formats of stat whose
# results are the same thing.
has() {
    local found
    there "$1" || return
    found=$(stat -L -c "$4" -- "$1" 2>/dev/null || stat -c "$4" -- "$1")
    if [ "${found%% *}" = "$3" ] || [ "${found##* }" = "$3" ]; then
        pass "\`$1\` has the $2 $3"
    else
        fail "\`$1\` has the $2 ${found%% *}$([ "${found%% *}" = "${found##* }" ] || printf ' (%s)' "${found##* }"), not $3"
    fi
}
expect_mode() {
    local found
    there "$1" || return
    printf -v found '%04o' "0$(stat -L -c %a -- "$1" 2>/dev/null || stat -c %a -- "$1")"
    if [ "$found" = "$2" ]; then pass "\`$1\` has the mode $2"; else fail "\`$1\` has the mode $found, not $2"; fi
}
expect_owner() { has "$1" owner "$2" '%U %u'; }
expect_group() { has "$1" group "$2" '%G %g'; }
expect_writable() {
    there "$1" || return
    if [ -w "$1" ]; then pass "\`$1\` can be written to"; else fail "\`$1\` cannot be written to by $(id)"; fi
}
expect_content() {
    local found
    there "$1" || return
    if [ -d "$1" ]; then
        fail "\`$1\` is a folder, which has no text"
        return
    fi
    if ! [ -f "$1" ] || ! [ -r "$1" ]; then
        fail "\`$1\` cannot be read by $(id -un 2>/dev/null || id -u)"
        return
    fi
    if [ "$(stat -L -c %s -- "$1")" -gt "$most" ]; then
        local large=$1
        if [ "$2" = contains ] && [[ $3 == *$'\n'* ]]; then
            fail "\`$1\` has more than $((most >> 20)) MiB, and no text of several lines is looked for in it"
            return
        fi
        found=$(tail -c 2000 -- "$1" | tr -d '\0' | tail -n 6)
    else
        { found=$(<"$1"); } 2>/dev/null
    fi
    text "\`$1\`" "$found" "$2" "$3"
}

# Outside of the folder that the image starts in, whose folders would be modules.
expect_import() {
    run / python3 -c 'import importlib, sys; importlib.import_module(sys.argv[1])' "$1"
    if was_killed "the import of \`$1\`"; then return; fi
    if [ "$status" = 0 ]; then
        pass "\`$1\` can be imported"
    else
        fail "\`$1\` cannot be imported: $(last "$err")"
    fi
}
# 1.0 is 1.0.0 too.
expect_package() {
    run / python3 -c 'import importlib.metadata, sys; print(importlib.metadata.version(sys.argv[1]))' "$1"
    if was_killed "the question for the Python package \`$1\`"; then return; fi
    if [ "$status" != 0 ]; then
        fail "the Python package \`$1\` is not installed"
    elif [ "$#" = 2 ] && [[ $out. != "$2."* ]]; then
        fail "the Python package \`$1\` is $out, not $2"
    else
        pass "the Python package \`$1\` is $out"
    fi
}
expect_library() {
    local found
    run / env LC_ALL=C LD_PRELOAD="$1" true
    if was_killed "the loading of \`$1\`"; then return; fi
    if [ "$status" = 0 ] && [ -z "$err" ]; then pass "\`$1\` can be loaded"; return; fi
    found=$(last "$err")
    found=${found##*"from LD_PRELOAD cannot be preloaded ("}
    found=${found##*"error while loading shared libraries: "}
    fail "\`$1\` cannot be loaded: ${found%"): ignored."}"
}
expect_env() {
    local one
    for one in "${environment[@]}"; do
        if [ "${one%%=*}" != "$1" ]; then continue; fi
        if [ "${one#*=}" = "$2" ]; then
            pass "$1 is \`$2\`"
        else
            fail "$1 is \`${one#*=}\`, not \`$2\`"
        fi
        return
    done
    fail "$1 is not set, and is to be \`$2\`"
}
expect_user() {
    local found
    case $1 in
    name) found=$(id -un 2>/dev/null || printf 'without a name') ;;
    uid) found=$(id -u) ;;
    gid) found=$(id -g) ;;
    group)
        found=" $(id -G) $(id -Gn 2>/dev/null) "
        if [[ $found == *" $2 "* ]]; then
            pass "a process is in the group $2"
        else
            fail "a process is not in the group $2: $(id)"
        fi
        return
        ;;
    esac
    if [ "$found" = "$2" ]; then
        pass "the $1 of a process is $2"
    else
        fail "the $1 of a process is $found, not $2"
    fi
}
# A number of bytes in the unit that people would say it in.
readable() {
    local unit size
    for unit in 1000000000:GB 1000000:MB 1000:kB; do
        size=${unit%:*}
        if [ "$1" -lt "$size" ]; then continue; fi
        printf '%s.%02d %s' "$(($1 / size))" "$(($1 % size * 100 / size))" "${unit#*:}"
        return
    done
    printf '%s bytes' "$1"
}
expect_size() {
    local found size path
    found=$(du -sx --apparent-size --block-size=1 --exclude=/run/dynamo / 2>/dev/null)
    found=${found%%[!0-9]*}
    if [ "$found" -le "$1" ]; then
        pass "all files together have $(readable "$found"), of $2 at most"
        return
    fi
    fail "all files together have $(readable "$found"), and $2 is the most"
    more 'most of it:'
    while IFS=$'\t' read -r size path; do
        more "  $(readable "$size") $path"
    done < <(du -x --max-depth=3 --apparent-size --block-size=1 --exclude=/run/dynamo / 2>/dev/null |
        sort -rn | head -n 6 | tail -n 5)
}

mapfile -t lines </run/dynamo/expected
at=0
while [ "$at" -lt "${#lines[@]}" ] && [ -z "$skipped" ]; do
    header=(${lines[at]})
    place=${header[0]} words=()
    for ((word = 1; word <= header[2]; word++)); do
        printf -v one '%b' "${lines[at + word]}"
        words+=("$one")
    done
    at=$((at + header[2] + 1))
    "expect_${header[1]}" "${words[@]}"
done
# A list that is there is whole.
if [ "$failed" != 0 ]; then mv "$folder/list" "$folder/failures"; fi
if [ "$failed" != 0 ] && [ -z "$tell" ]; then exit 1; fi
exit 0
