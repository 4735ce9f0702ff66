import { existsSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { loadMnist } from "numgrad";
import { mnistDirectory } from "numgrad-mnist-files";
import { describe, expect, test } from "vitest";
import { countEvaluations, countPixels, PARAMETERS } from "../packages/docs-figures/src/essay/counts.js";
import { formatCount, formatTime, racedTimes } from "../packages/docs-figures/src/essay/drawings.js";

// The numbers of docs/essay.md are those that its scripts count, and those that docs/peers.json has measured.

const docs = fileURLToPath(new URL("../docs/", import.meta.url));
const essay = readFileSync(`${docs}essay.md`, "utf8").replace(/\s+/g, " ");

interface Peer {
  readonly name: string;
  readonly step: { readonly median: number };
  readonly job: { readonly ms: number };
}

describe("the essay has the numbers", () => {
  test("of the network and of MNIST", async () => {
    const { train } = await loadMnist({ directory: mnistDirectory() });
    const pixels = countPixels(train);
    const { loop, lit, values } = countEvaluations(pixels);
    for (const words of [
      `${PARAMETERS.toLocaleString("en-US")} in all`,
      `${(2 * PARAMETERS).toLocaleString("en-US")} losses`,
      `${loop.toLocaleString("en-US")} forward passes`,
      `on average ${Math.round(pixels.lit)} of an image's 784 pixels`,
      `${Math.round(pixels.values)} different values on average, and never more than ${pixels.mostValues}`,
      `${formatCount(loop)} losses by the book's loop, ${formatCount(lit)} without black pixels, ${formatCount(values)} once`,
      `some ${(Math.round(values / 1e5) * 1e5).toLocaleString("en-US")} changes`,
    ]) {
      expect(essay).toContain(words);
    }
  });

  test("of docs/peers.json", () => {
    const { peers } = JSON.parse(readFileSync(`${docs}peers.json`, "utf8")) as { peers: Peer[] };
    const peer = (name: string) => peers.find((each) => each.name === name)!;
    const [numerical, backprop, numpy] = ["numgrad-numerical", "numgrad-backprop", "numpy-book"].map(peer);
    const { book, rows, lit, numgrad } = racedTimes();
    const ratio = (numerical!.step.median / backprop!.step.median).toFixed(2);
    for (const words of [
      `takes ${ratio} times as long as one by backpropagation`,
      `costs ${ratio} times as much`,
      `one such gradient takes ${formatTime(book)}`,
      `${formatTime(numpy!.step.median)} for a step`,
      `takes ${formatTime(book)}, NumPy with one row of W1 at a time ${formatTime(rows)}, with lit pixels only ${formatTime(lit)}, numgrad ${formatTime(numgrad)}`,
      `| numgrad, by backpropagation | | ${formatTime(backprop!.step.median)} |`,
      `| numgrad, by central differences | ${formatTime(numgrad)} | ${formatTime(numerical!.step.median)} |`,
      `take ${formatTime(numerical!.job.ms)}`,
    ]) {
      expect(essay).toContain(words);
    }
  });
});

test("the pictures of the essay are there, for both themes", () => {
  const pictures = Array.from(essay.matchAll(/(?:src|srcset)="(figures\/[^"]+)"/g), ([, path = ""]) => path);
  expect(pictures).toHaveLength(8);
  expect(pictures.filter((path) => !existsSync(docs + path))).toEqual([]);
});
