import { markdownTable } from "../../packages/benchmark/src/report.js";
import { SHOWN } from "./hashes.js";

/** A line of the matrix. */
export interface Row {
  /** The environment's. */
  readonly name: string;
  /** What was tested. */
  readonly what: string;
  /** What it ran in, with its version. */
  readonly where: string;
  readonly result: "passed" | "failed" | "skipped";
  /** The hash; what else was found; why it failed or was skipped. */
  readonly note: string;
  readonly seconds: number;
}

/** As it is printed while the matrix runs. */
export function textOf({ name, what, where, result, note, seconds }: Row): string {
  const cells = [result.padEnd(7), name.padEnd(12), `${where}: ${what}`.padEnd(64), `${seconds.toFixed(1)} s`];
  return `${cells.join("  ")}  ${result === "passed" ? note : `\n${note}\n`}`;
}

/** docs/matrix.md. */
export function markdownOf(rows: readonly Row[]): string {
  const columns = ["Runs in", "Tested", "Result", "Hash after 200 steps, or else", "Seconds"];
  const lines = rows.map(({ what, where, result, note, seconds }) => {
    const shown = note === SHOWN ? `\`${note}\`` : (note.split("\n")[0] as string).replaceAll("|", "\\|");
    return [where, what, result, shown, seconds.toFixed(1)];
  });
  const table = markdownTable(
    columns.map((heading) => ({ heading, numeric: heading === "Seconds" })),
    lines,
  );
  return `# Where numgrad runs

Written by \`npm run test:matrix -- --out docs\` (${new Date().toISOString().slice(0, 10)}, ${process.platform} ${process.arch}). The packed tarball is
installed into an empty project by npm, and trains four networks for 200 steps each: by central differences, by
backpropagation, by central differences with h = 0.01, and by \`train\`. The hashes of their parameters must be those of
native code in \`test/bits\`; the first is shown. Pages are served with \`Content-Security-Policy: script-src 'self'
'wasm-unsafe-eval'\` where nothing else is said, except for development servers and Next.js, and are never cross-origin
isolated. The first line of a bundler has the time of the build in it.
The playground of \`examples\` is built into a folder of such a site and used: it trains for an epoch, and reads a line.

${table}
`;
}
