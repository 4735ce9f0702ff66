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

test("the matchers take a report, and a function", () => {
  expect(([x]) => x ** 2).toHaveGradient([6], [3]);
  expect(checkGradient(([x]) => x ** 2, [6], [3])).toPassGradientCheck();
});
