// What ends a run early. The reason of the abort is the exit code that shells report for it: 128 + the signal's number.

/** By Ctrl-C, by `kill`, and by closing the terminal. */
const SIGNALS = { SIGINT: 130, SIGTERM: 143, SIGHUP: 129 } as const;

/** SIGPIPE: what would end most programs here. Node ignores it and reports an error. */
const CLOSED_PIPE = 141;

/** Ctrl-C reaches this process from the terminal and again from npm; what comes within this time is one key press. */
const ONE_KEY_PRESS = 1000;

/** Aborts when a signal comes. The next one ends the process at once. */
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

/** Aborts when nobody reads the output any more, as behind `| head -1`, or it cannot be written, as on a full disk. */
export function stopOnClosedOutput(controller: AbortController): void {
  process.stdout.on("error", ({ code, message }: NodeJS.ErrnoException) => {
    const reason = { EPIPE: CLOSED_PIPE, EIO: SIGNALS.SIGHUP }[code ?? ""];
    if (reason === undefined && !controller.signal.aborted) console.error(`standard output: ${message}`);
    controller.abort(reason ?? 1);
  });
  // There is nobody left to tell.
  process.stderr.on("error", () => {});
}

/**
 * Sets the exit code. Where the terminal has gone the process ends by that signal, at once: at an exit Node 20 puts the
 * terminal right, and crashes if there is none.
 */
export function end(code: number): void {
  process.exitCode = code;
  if (code !== SIGNALS.SIGHUP) return;
  process.removeAllListeners("SIGHUP");
  process.kill(process.pid, "SIGHUP");
}
