import { expect, test } from "@jest/globals";
import { checkGradient, gradientMatchers } from "numgrad";

declare module "expect" {
  interface Matchers<R> {
    toPassGradientCheck(): R;
  }
}

expect.extend(gradientMatchers);

test("the matcher has a type", () => {
  expect(checkGradient(([x]) => x! ** 2, [6], [3])).toPassGradientCheck();
  // @ts-expect-error: there is no such matcher
  expect(checkGradient(([x]) => x! ** 2, [6], [3])).toPassGradientChecks();
});
