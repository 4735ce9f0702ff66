import { markdownTable } from "../../packages/benchmark/src/report.js";
import { SHOWN } from "./hashes.js";

/** Result of one test of the matrix: a row of the table. */
export interface Row {
  /** Name of the environment. */
  readonly name: string;
  /** The test, with the tool if there is one: `vite 8.3.8, only numericalDiff`. */
  readonly what: string;
  /** Runtime or browser, with its version. */
  readonly where: string;
  readonly result: "passed" | "failed" | "skipped";
  /** The hash, another finding, or the reason of a failure. */
  readonly note: string;
  readonly seconds: number;
}

/** The line that is printed while the matrix runs. */
export function textOf({ name, what, where, result, note, seconds }: Row): string {
  const cells = [result.padEnd(7), name.padEnd(12), `${where}: ${what}`.padEnd(64), `${seconds.toFixed(1)} s`];
  return `${cells.join("  ")}  ${result === "passed" ? note : `\n${note}\n`}`;
}

/** Runtimes and browsers at the beginning of `where`, and tools at the beginning of `what`: a name and a version. */
const VERSIONED = /^([A-Z][a-z]+|workerd) (\d[\d.]*)/;
const TOOL = /^[\w.]+ \d[\d.]*/;

/** The matrix in one sentence, for the README. */
export function summaryOf(rows: readonly Row[]): string {
  const versions = new Map<string, Set<string>>();
  const tools = new Set<string>();
  for (const { what, where } of rows) {
    const [, name, version] = VERSIONED.exec(where) ?? [];
    if (name && version) versions.set(name, (versions.get(name) ?? new Set()).add(version));
    const [tool] = TOOL.exec(what) ?? [];
    if (tool) tools.add(tool);
  }
  const runtimes = Array.from(versions, ([name, found]) => `${name} ${rangeOf([...found])}`);
  const passed = rows.filter(({ result }) => result === "passed").length;
  const places = `Tested in ${listOf(runtimes)}, without a bundler and with ${listOf([...tools])}`;
  return `${places}: ${passed} of ${rows.length} tests passed ([docs/matrix.md](docs/matrix.md)).`;
}

/** `1.2`, or `1.2 to 3.4` for several versions. */
function rangeOf(versions: readonly string[]): string {
  const sorted = [...versions].sort(new Intl.Collator("en", { numeric: true }).compare);
  return sorted.length === 1 ? sorted[0]! : `${sorted[0]} to ${sorted.at(-1)}`;
}

/** `a, b and c`. */
function listOf(words: readonly string[]): string {
  return new Intl.ListFormat("en-GB").format(words);
}

/** Day and system of a run, as docs/matrix.md has them: `2026-11-22, linux x64`. */
export function describeRun(): string {
  return `${new Date().toISOString().slice(0, 10)}, ${process.platform} ${process.arch}`;
}

/** The text of docs/matrix.md. `run` is what {@link describeRun} says of the run. */
export function markdownOf(rows: readonly Row[], run: string): string {
  const columns = ["Runs in", "Tested", "Result", "Hash after 200 steps, or else", "Seconds"];
  const lines = rows.map(({ what, where, result, note, seconds }) => {
    const shown = note === SHOWN ? `\`${note}\`` : note.split("\n")[0]!.replaceAll("|", "\\|");
    return [where, what, result, shown, seconds.toFixed(1)];
  });
  const table = markdownTable(
    columns.map((heading) => ({ heading, numeric: heading === "Seconds" })),
    lines,
  );
  return `# Where numgrad runs

Written by \`npm run test:matrix -- --out docs\` (${run}).

Each row is a test of the packed tarball, which npm installs into an empty project. A test trains four networks for
200 steps each: by central differences, by backpropagation, by central differences with h = 0.01, and by \`train\`. The
hashes of their parameters must equal those of native code in \`test/bits\`; the table shows the first hash.
\`numgrad/files\` also writes the parameters of the first network as npz and as safetensors and reads them back; they
must keep their hash. A row without a hash says what was checked instead.

Pages are served with \`Content-Security-Policy: script-src 'self' 'wasm-unsafe-eval'\`, unless the row says otherwise;
development servers, Next.js and the rows of threads send no such header. A page is cross-origin isolated only in the rows with the
headers COOP and COEP. There two threads make the steps, with numgrad's own workers and with workers from \`numgrad/worker\` that the
page makes; without the headers one thread makes them, and the run says why. The seconds in the first row of
a bundler include its build. The playground is built into a folder of a static site and used: it trains for an epoch
and recognises a drawn line; its own policy must refuse a script in the page and an image of another host.

Electron is not in the table: its npm package has no program in it, but fetches one from another host at its first start. Its main
process is Node and its windows are Chromium, in versions that are near those of the table. React Native is in the table by what it lacks:
an engine without WebAssembly, TextDecoder and TextEncoder.

${table}
`;
}

/** The rows of a docs/matrix.md, and its description of the run. The names of the environments are not in it. */
export function parseMarkdown(markdown: string): { rows: Row[]; run: string } {
  const [, run = ""] = /\((\d{4}-\d\d-\d\d, [^)]*)\)/.exec(markdown) ?? [];
  const lines = markdown.split("\n").filter((line) => / (passed|failed|skipped) /.test(line));
  const rows = lines.map((line): Row => {
    const [, where, what, result, shown, seconds] = line.split(/(?<!\\)\|/).map((cell) => cell.trim());
    const note = shown!.replaceAll("`", "").replaceAll("\\|", "|");
    return { name: "", what: what!, where: where!, result: result as Row["result"], note, seconds: Number(seconds) };
  });
  return { rows, run };
}
