import { execFileSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import * as numgrad from "numgrad";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { pack } from "../scripts/tarball.mjs";
import { typeErrors } from "./support/doc-examples.js";
import { programsOf } from "./support/programs.js";

const root = fileURLToPath(new URL("..", import.meta.url));
const project = mkdtempSync(join(tmpdir(), "numgrad-readme-"));
const shell = (command: string, args: string[]) => execFileSync(command, args, { cwd: project, encoding: "utf8" });
const read = (file: string) => readFileSync(join(root, file), "utf8");
const READMES = ["README.md", "packages/numgrad/README.md"];

beforeAll(() => {
  writeFileSync(join(project, "package.json"), '{ "private": true, "type": "module" }');
  shell("npm", ["install", "--offline", "--no-audit", "--no-fund", pack("numgrad", project)]);
});

afterAll(() => rmSync(project, { recursive: true }));

describe.each(READMES)("%s", (file) => {
  test("has two programs, which print what it says", () => {
    const found = programsOf(join(root, file));
    expect(found).toHaveLength(2);
    for (const { code, printed } of found) {
      writeFileSync(join(project, "program.js"), code);
      expect(shell(process.execPath, ["program.js"]).trimEnd().split("\n")).toEqual(printed);
    }
  });

  test("has every function and class of numgrad in its table", () => {
    const table = read(file).slice(read(file).indexOf("| export"));
    const names = Object.entries(numgrad).filter(
      ([name, value]) => typeof value === "function" && !name.endsWith("Error"),
    );
    // init is for platforms that need it, and meanSquaredError is another name of sumOfSquaresError.
    const explained = ["init", "meanSquaredError"];
    const missing = names.map(([name]) => name).filter((name) => !table.includes(name) && !explained.includes(name));
    expect(missing).toEqual([]);
  });
});

test("the README shows the example of training as it is", () => {
  expect(read("README.md")).toContain(`\`\`\`js\n${read("examples/mnist/train.mjs")}\`\`\``);
});

test.each(READMES)("%s leads to the recipes", (file) => {
  expect(read(file)).toMatch(/\]\((https:.*)?docs\/recipes\.md\)/);
});

test("the package's README has a program in TypeScript that compiles", () => {
  const [, code = ""] = /```ts\n(.*?)```/s.exec(read("packages/numgrad/README.md")) ?? [];
  expect(code).toContain("loadMnist");
  expect(typeErrors(new Map([["readme.ts", `${code}\nexport {};\n`]]))).toEqual([]);
});

test("both READMEs have the same table of exports", () => {
  const [table, packaged] = READMES.map((file) => read(file).match(/^\| export.*?\n\n/ms)?.[0]);
  const links = /https:\/\/github\.com\/numgrad\/numgrad\/blob\/HEAD\//g;
  const words = (text = "") => text.replace(links, "").replace(/[ -]+/g, " ");
  expect(words(packaged)).toBe(words(table));
});

test("no section of the README that a program writes is empty", () => {
  const sections = [...read("README.md").matchAll(/<!-- (\w+) -->(.*?)<!-- \/\1 -->/gs)];
  expect(sections.map(([, name]) => name)).toEqual(["matrix", "peers"]);
  for (const [, name, text = ""] of sections) expect(text.trim().length, name).toBeGreaterThan(100);
});
