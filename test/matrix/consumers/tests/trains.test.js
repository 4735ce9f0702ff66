// For jest and vitest, whose `expect` and `test` are globals here.
import { writeFileSync } from "node:fs";
import { checkGradient, gradientMatchers } from "numgrad";
import { allHashes } from "./all-hashes.js";

expect.extend(gradientMatchers);

test("the document is there if the environment has one", () => {
  expect(typeof document).toBe(process.env.HAS_DOCUMENT === "yes" ? "object" : "undefined");
});

test("a network trains", async () => {
  writeFileSync(process.env.HASHES, JSON.stringify(await allHashes()));
});

test("the matcher takes a report", () => {
  const report = checkGradient(([x]) => x ** 2, [6], [3]);
  expect(report).toPassGradientCheck();
  expect(checkGradient(([x]) => x ** 2, [5], [3])).not.toPassGradientCheck();
});

test("the matcher takes a function, and an async one", async () => {
  const f = ([x]) => x ** 2;
  expect(f).toHaveGradient(([x]) => [2 * x], [3]);
  expect(f).not.toHaveGradient([5], [3]);
  expect(() => expect(f).toHaveGradient([5], [3])).toThrow("gradient wrong");
  await expect(async (x) => f(x)).toHaveGradient([6], [3]);
  const wrong = (async () => expect(async (x) => f(x)).toHaveGradient([5], [3]))();
  await expect(wrong).rejects.toThrow("gradient wrong");
});
