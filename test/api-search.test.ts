import { execFileSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { inflateSync } from "node:zlib";
import { afterAll, beforeAll, expect, test } from "vitest";

// The site of the API: what its search finds first, and which signature stands first.

const root = fileURLToPath(new URL("..", import.meta.url));

interface Row {
  readonly name: string;
  readonly parent?: string;
}

interface Index {
  search(query: string): { ref: string; score: number }[];
}

let folder: string;
let rows: Row[];
let index: Index;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "numgrad-api-"));
  const program = join(root, "node_modules/.bin/typedoc");
  execFileSync(program, ["--options", "docs/typedoc.json", "--out", folder], { cwd: root, stdio: "pipe" });
  const [, packed = ""] = /"([^"]*)"/.exec(readFileSync(join(folder, "assets/search.js"), "utf8")) ?? [];
  const data = JSON.parse(inflateSync(Buffer.from(packed, "base64")).toString()) as { rows: Row[]; index: unknown };
  const require = createRequire(import.meta.url);
  const lunr = createRequire(require.resolve("typedoc"))("lunr") as { Index: { load(index: unknown): Index } };
  rows = data.rows;
  index = lunr.Index.load(data.index);
}, 300_000);
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** The names that the site shows for a search, as its program finds and orders them. */
function found(words: string): string[] {
  const query = words.replace(/\S+/g, "*$&*");
  const results = index.search(query).map(({ ref, score }) => {
    const { name, parent } = rows[Number(ref)]!;
    const isStart = name.toLowerCase().startsWith(words);
    const weight = isStart ? 10 / (1 + Math.abs(name.length - words.length)) : 1;
    return { name: parent === undefined ? name : `${parent}.${name}`, score: score * weight };
  });
  const sorted = results.sort((a, b) => b.score - a.score);
  return sorted.slice(0, 10).map(({ name }) => name);
}

test("a search for backpropagation finds the network's gradient, the check and the essay", () => {
  const names = found("backpropagation");
  expect(names[0]).toBe("numgrad.TwoLayerNet.gradient");
  expect(names).toContain("numgrad.checkGradient");
  expect(names).toContain("essay");
});

test("a search for gradient finds the functions, not the types of their options", () => {
  const names = found("gradient");
  expect(names[0]).toBe("numgrad.TwoLayerNet.gradient");
  for (const name of ["gradientDescent", "checkGradient"]) expect(names).toContain(`numgrad.${name}`);
  expect(names.filter((name) => name.endsWith("Options"))).toEqual([]);
  expect(found("numerical gradient").slice(0, 2)).toContain("numgrad.numericalGradient");
});

test("the first signature of a function is the chapter's", () => {
  const page = readFileSync(join(folder, "functions/numgrad.numericalGradient.html"), "utf8");
  const [chapter, batched] = [page.indexOf("by one difference quotient"), page.indexOf("evaluates many points at a")];
  expect(chapter).toBeGreaterThan(0);
  expect(batched).toBeGreaterThan(chapter);
});

test("the first page leads to the essay, whose pictures are there", () => {
  expect(readFileSync(join(folder, "index.html"), "utf8")).toContain("documents/essay.html");
  const essay = readFileSync(join(folder, "documents/essay.html"), "utf8");
  const pictures = Array.from(essay.matchAll(/src(?:set)?="\.\.\/(media\/[^" ]+)/g), ([, path = ""]) => path);
  expect(pictures).toHaveLength(8);
  for (const path of pictures) expect(readFileSync(join(folder, path), "utf8")).toContain("<svg");
});
