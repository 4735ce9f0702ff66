import assert from "node:assert/strict";
import { writeFileSync } from "node:fs";
import * as runner from "node:test";
import { assertGradient, checkGradient } from "numgrad";
import { allHashes } from "./all-hashes.js";

const { test } = runner;

test("a network trains", async () => {
  writeFileSync(process.env.HASHES, JSON.stringify(await allHashes()));
});

test("a report says whether the gradient is right", () => {
  assert.ok(checkGradient(([x]) => x ** 2, [6], [3]).ok);
});

test("an assertion takes a function, and an async one", async () => {
  const f = ([x]) => x ** 2;
  assertGradient(f, ([x]) => [2 * x], [3]);
  assert.throws(() => assertGradient(f, [5], [3]), { code: "ERR_ASSERTION", message: /gradient wrong/ });
  await assertGradient(async (x) => f(x), [6], [3]);
  await assert.rejects(async () => assertGradient(async (x) => f(x), [5], [3]), { code: "ERR_ASSERTION" });
});

// Node 20 has no assertions of the user's own.
runner.assert?.register("gradient", assertGradient);
test("it may be a method of t.assert", { skip: !runner.assert }, (t) => {
  t.assert.gradient(([x]) => x ** 2, [6], [3]);
  assert.throws(() => t.assert.gradient(([x]) => x ** 2, [5], [3]), { code: "ERR_ASSERTION" });
});
