import { checkGradient, gradientMatchers } from "numgrad";

expect.extend(gradientMatchers);

test("the matchers have types", async () => {
  expect(checkGradient(([x]) => x! ** 2, [6], [3])).toPassGradientCheck();
  // @ts-expect-error: there is no such matcher
  expect(checkGradient(([x]) => x! ** 2, [6], [3])).toPassGradientChecks();
  expect(([x]: number[]) => x! ** 2).toHaveGradient([6], [3], { atol: 1e-6 });
  // @ts-expect-error: x is missing
  expect(([x]: number[]) => x! ** 2).toHaveGradient([6]);
  await expect(async ([x]: number[]) => x! ** 2).not.toHaveGradient([5], [3]);
});
