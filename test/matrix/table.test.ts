import { expect, test } from "vitest";
import { SHOWN } from "./hashes.js";
import { markdownOf, type Row, summaryOf } from "./table.js";

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

test("the summary has a line for each environment, and counts what passed", () => {
  expect(summaryOf(rows).split("\n").slice(2)).toEqual([
    "| Node 20.16.0, 20.20.2 | import; require |  | 2 of 3 |",
    "| no bundler | page, and worker | Firefox 153.7 | 1 of 1 |",
    "| vite 8.3.8 | development server, page; page; only numericalDiff | Chromium 156.0, Firefox 153.7 | 3 of 3 |",
  ]);
});

test("the table has a line for each row, with the first line of what went wrong", () => {
  const lines = markdownOf(rows).split("\n");
  expect(lines).toContain(`| Node 20.16.0 | import | passed | \`${SHOWN}\` | 1.3 |`);
  expect(lines).toContain("| Node 20.16.0 | require | failed | Error: a \\| b | 1.3 |");
  expect(lines.filter((line) => / (passed|failed) /.test(line)).length).toBe(rows.length);
});
