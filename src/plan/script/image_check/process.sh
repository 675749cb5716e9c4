# Runs what a check looks at as a process group of its own, which is killed when it
# takes too long or prints without end. Needs `limit` in milliseconds, the bytes that
# it may print as `most`, and a `folder`; leaves `status`, what was printed in `out`
# and `err`, and in `killed` why it was killed: `late`, `loud` or nothing.

# How many bytes are printed.
printed() {
    local sizes
    sizes=$(stat -c %s "$folder/out" "$folder/err" 2>/dev/null)
    printf '%s' "$((${sizes//$'\n'/+}))"
}
# Waits beside a process group, by a pipe that nothing comes through: not every image
# has a `sleep` that takes parts of a second. Ends with 10 or 20 when it kills.
guard() {
    local left=$limit step pause silence
    exec {silence}<> <(:)
    while [ "$left" -gt 0 ]; do
        step=$((left < 1000 ? left : 1000))
        printf -v pause '%d.%03d' "$((step / 1000))" "$((step % 1000))"
        read -rt "$pause" -u "$silence"
        left=$((left - step))
        if [ "$(printed)" -gt "$most" ]; then end "$1" 20; fi
    done
    end "$1" 10
}
# Kills a process group and exits. From here on nobody ends who says why, and what
# has ended by itself is not waited beside.
end() {
    trap '' TERM
    if kill -KILL -- "-$1"; then exit "$2"; fi
    exit 0
}
# The folder to begin in, the program, its arguments. The program is run by `exec`,
# which knows neither functions of ours nor what bash has built in: programs have such
# names too.
run() {
    local process guard
    killed='' status=''
    {
        set -m
        ({ [ "$1" = . ] || cd -- "$1"; } && shift && exec -- "$@") >"$folder/out" 2>"$folder/err" </dev/null &
        process=$!
        guard "$process" </dev/null >/dev/null &
        guard=$!
        set +m
        wait "$process"
        status=$?
        kill -TERM -- "-$guard"
        wait "$guard"
        case $? in
        10) killed=late ;;
        20) killed=loud ;;
        esac
        # What it left running.
        kill -KILL -- "-$process"
        if [ -z "$killed" ] && [ "$(printed)" -gt "$most" ]; then killed=loud; fi
        if [ "$killed" = loud ]; then
            out=$(tail -c 2000 "$folder/out" | tail -n 6)
            err=$(tail -c 2000 "$folder/err" | tail -n 6)
        else
            out=$(<"$folder/out")
            err=$(<"$folder/err")
        fi
        rm -f "$folder/out" "$folder/err"
    } 2>/dev/null
    # What bash says where there was nothing to run.
    if [[ $err == "$0: line "*": exec: "* ]]; then err=${err##*": exec: "}; fi
}
