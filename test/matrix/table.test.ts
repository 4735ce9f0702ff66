import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { readSection } from "../../packages/benchmark/src/report.js";
import { withoutPadding } from "../support/markdown.js";
import { SHOWN } from "./hashes.js";
import { markdownOf, parseMarkdown, type Row, summaryOf } from "./table.js";

const RUN = "2026-11-22, linux x64";

const row = (name: string, where: string, what: string, rest: Partial<Row> = {}): Row => ({
  name,
  where,
  what,
  result: "passed",
  note: SHOWN,
  seconds: 1.25,
  ...rest,
});

const rows = [
  row("node-current", "Node 20.20.2, this machine's", "import"),
  row("node-20.16.0", "Node 20.16.0", "import"),
  row("node-20.16.0", "Node 20.16.0", "require", { result: "failed", note: "Error: a | b\nat c" }),
  row("plain", "Firefox 153.7", "page, and worker"),
  row("vite-dev", "Chromium 156.0", "vite 8.3.8, development server, page"),
  row("vite", "Firefox 153.7", "vite 8.3.8"),
  row("vite", "Node 20.20.2", "vite 8.3.8, only numericalDiff", { note: "2414 bytes" }),
];

test("the summary is one sentence with versions, tools and the number of tests that passed", () => {
  expect(summaryOf(rows)).toBe(
    "Tested in Node 20.16.0 to 20.20.2, Firefox 153.7 and Chromium 156.0, without a bundler and with vite 8.3.8: " +
      "6 of 7 tests passed ([docs/matrix.md](docs/matrix.md)).",
  );
});

test("the table has a line for each row, with the first line of an error", () => {
  const lines = markdownOf(rows, RUN).split("\n");
  expect(lines).toContain(`| Node 20.16.0 | import | passed | \`${SHOWN}\` | 1.3 |`);
  expect(lines).toContain("| Node 20.16.0 | require | failed | Error: a \\| b | 1.3 |");
  expect(lines.filter((line) => / (passed|failed) /.test(line)).length).toBe(rows.length);
});

test("a table that is read back gives the same table", () => {
  const markdown = markdownOf(rows, RUN);
  const read = parseMarkdown(markdown);
  expect(read.run).toBe(RUN);
  expect(markdownOf(read.rows, read.run)).toBe(markdown);
});

test("docs/matrix.md and README.md are what is written from the results in docs/matrix.md", () => {
  const file = (path: string) => readFileSync(new URL(`../../${path}`, import.meta.url), "utf8");
  const { rows: stored, run } = parseMarkdown(file("docs/matrix.md"));
  expect(withoutPadding(file("docs/matrix.md"))).toBe(withoutPadding(markdownOf(stored, run)));
  expect(readSection(file("README.md"), "matrix")).toBe(summaryOf(stored));
});
