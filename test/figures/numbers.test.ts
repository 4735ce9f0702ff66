import { expect, test } from "vitest";
import { formatNumber, formatPercent } from "../../packages/figures/src/numbers.js";

test("numbers are printed as in a book", () => {
  expect([0, 5, -3, 0.1999999999990898, 123456, 1e-4].map((value) => formatNumber(value))).toEqual([
    "0", "5", "−3", "0.2", "123500", "0.0001",
  ]); // biome-ignore format: one line
  expect([-2.589e13, 8.1e-10, 1e6, -1.26e-300].map((value) => formatNumber(value, 2))).toEqual([
    "−2.6·10¹³", "8.1·10⁻¹⁰", "1·10⁶", "−1.3·10⁻³⁰⁰",
  ]); // biome-ignore format: one line
});

test("a fraction is printed as a percentage", () => {
  expect([formatPercent(0.9465, 1), formatPercent(0.994, 0), formatPercent(1, 1)]).toEqual(["94.7%", "99%", "100.0%"]);
});
