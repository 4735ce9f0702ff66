/** The signals that stop a run, with the exit codes that shells report for them. */
const SIGNALS = { SIGINT: 130, SIGTERM: 143, SIGHUP: 129 } as const;

/** Milliseconds within which signals count as one key press: Ctrl-C comes from the terminal and again from npm. */
const ONE_KEY_PRESS = 1000;

/** Aborts with the exit code at the first signal. A later signal ends the process at once. */
export function stopOnSignals(controller: AbortController): void {
  let first: number | undefined;
  for (const [name, code] of Object.entries(SIGNALS)) {
    process.on(name, () => {
      const now = performance.now();
      first ??= now;
      controller.abort(code);
      if (now - first >= ONE_KEY_PRESS) process.exit(code);
    });
  }
  // Nobody reads the output any more, as after `| head -1`, or it cannot be written: the run itself goes on.
  process.stdout.on("error", () => {});
  process.stderr.on("error", () => {});
}
