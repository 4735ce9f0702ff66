import { execFileSync } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { mnistDirectory } from "numgrad-mnist-files";
import { afterAll, expect, test } from "vitest";
import { programsOf } from "./support/programs.js";

// The five programs on the first page of the API's site (docs/start.md) run, and print what they say.

const root = fileURLToPath(new URL("..", import.meta.url));
const programs = programsOf(join(root, "docs/start.md"));
mkdirSync(join(root, "target"), { recursive: true });
// The folder is in the repository, so that the programs find the packages.
const folder = mkdtempSync(join(root, "target/start-"));
afterAll(() => rmSync(folder, { recursive: true }));

test("there are five programs", () => {
  expect(programs).toHaveLength(5);
});

test.each(programs.map(({ code, printed }, i) => ({ number: i + 1, code, printed })))(
  "program $number prints what it says",
  ({ code, printed }) => {
    const directory = JSON.stringify(mnistDirectory());
    writeFileSync(join(folder, "program.mjs"), code.replace("loadMnist()", `loadMnist({ directory: ${directory} })`));
    const output = execFileSync(process.execPath, ["program.mjs"], { cwd: folder, encoding: "utf8" });
    expect(output.trimEnd().split("\n")).toEqual(printed);
  },
);
