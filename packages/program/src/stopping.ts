// Ends a run early. The reason of the abort is the exit code that shells report for a signal: 128 + its number.

/** The signals of Ctrl-C, of `kill`, and of a terminal that is closed, with their exit codes. */
const SIGNALS = { SIGINT: 130, SIGTERM: 143, SIGHUP: 129 } as const;

/**
 * Exit code of SIGPIPE, which ends most programs when a pipe is closed. Node ignores the signal and reports an error.
 */
const CLOSED_PIPE = 141;

/** Milliseconds within which signals count as one key press: Ctrl-C comes from the terminal and again from npm. */
const ONE_KEY_PRESS = 1000;

/** Aborts at the first signal. A later signal ends the process at once. */
export function stopOnSignals(controller: AbortController): void {
  let first: number | undefined;
  for (const [name, code] of Object.entries(SIGNALS)) {
    process.on(name, () => {
      const now = performance.now();
      first ??= now;
      controller.abort(code);
      if (now - first < ONE_KEY_PRESS) return;
      end(code);
      process.exit();
    });
  }
}

/** Aborts if nobody reads the output any more, as after `| head -1`, or if it cannot be written, as on a full disk. */
export function stopOnClosedOutput(controller: AbortController): void {
  process.stdout.on("error", ({ code, message }: NodeJS.ErrnoException) => {
    const reason = { EPIPE: CLOSED_PIPE, EIO: SIGNALS.SIGHUP }[code ?? ""];
    if (reason === undefined && !controller.signal.aborted) console.error(`standard output: ${message}`);
    controller.abort(reason ?? 1);
  });
  // Nobody is left who could read about this error.
  process.stderr.on("error", () => {});
}

/**
 * Sets the exit code. If the terminal has gone, the process ends at once, by SIGHUP: at a normal exit Node 20 restores
 * the settings of the terminal, and crashes if there is none.
 */
export function end(code: number): void {
  process.exitCode = code;
  if (code !== SIGNALS.SIGHUP) return;
  process.removeAllListeners("SIGHUP");
  process.kill(process.pid, "SIGHUP");
}
