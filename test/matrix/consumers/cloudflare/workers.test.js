import { checkGradient, gradientMatchers, init } from "numgrad";
import core from "numgrad/core.wasm";
import { expect, test } from "vitest";
import { allHashes } from "./all-hashes.js";
import wanted from "./wanted.json";

expect.extend(gradientMatchers);

test("a network trains", async () => {
  init(core);
  expect(await allHashes()).toMatchObject(wanted);
});

test("the matcher takes a report", () => {
  expect(checkGradient(([x]) => x ** 2, [6], [3])).toPassGradientCheck();
});
