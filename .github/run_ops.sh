# shellcheck shell=bash
# For a step that needs the exit code of ops, and so can't exec it. A canceled job, or one out of time, signals only the
# step's shell: SIGINT, SIGTERM 7.5 seconds later, and 2.5 seconds after that a kill (GitHub docs, "Workflow cancellation
# reference"). A shell that waits for a program in the foreground would not pass them on to ops and Terraform.
run_ops() {
  local code ops='' signaled
  trap 'signaled=1; [ -z "$ops" ] || kill -INT "$ops" || :' INT
  trap 'signaled=1; [ -z "$ops" ] || kill -TERM "$ops" || :' TERM
  python -m ops "$@" &
  ops=$!
  # A signal ends `wait` before ops has ended.
  while :; do
    code=0 signaled=''
    wait "$ops" || code=$?
    [ -n "$signaled" ] || break
  done
  trap - INT TERM
  return "$code"
}
