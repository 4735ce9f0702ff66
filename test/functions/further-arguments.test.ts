// NumPy's functions take more arguments than numgrad's of the same name. What would be left out is an error.
import { ArgumentError, argmax, matrix, RandomState, softmax } from "numgrad";
import { expect, test } from "vitest";
import { thrownBy } from "../support/thrown.js";

/** A function of any arguments, as a program without types calls it. */
type Call = (...values: unknown[]) => unknown;

const m = matrix([
  [1, 2, 3],
  [4, 5, 6],
]);
const random = new RandomState(0);
const drawn = (name: "random" | "randn" | "randint") => (random[name] as Call).bind(random);

test.each<[string, Call, unknown[], string]>([
  ["argmax(m, 0)", argmax as Call, [m, 0], "x alone, as the largest of each row is what NumPy calls axis=1, got 0 too"],
  [
    "argmax(m, {})",
    argmax as Call,
    [m, {}],
    "x alone, as the largest of each row is what NumPy calls axis=1, got an object too",
  ],
  ["softmax(m, 0)", softmax as Call, [m, 0], "x alone, as that of each row is what NumPy calls axis=1, got 0 too"],
  [
    "randn(784, 50)",
    drawn("randn"),
    [784, 50],
    "one count of numbers, the product of the sizes of an array's dimensions, got 50 too",
  ],
  [
    "random(2, 3)",
    drawn("random"),
    [2, 3],
    "one count of numbers, the product of the sizes of an array's dimensions, got 3 too",
  ],
  [
    "randint(0, 9, 2, 3)",
    drawn("randint"),
    [0, 9, 2, 3],
    "one count of numbers, the product of the sizes of an array's dimensions, got 3 too",
  ],
])("%s", (_, call, values, message) => {
  const before = random.getState();
  expect(thrownBy(ArgumentError, () => call(...values)).message).toBe(`arguments: expected ${message}`);
  expect(random.getState()).toEqual(before);
});

test("but what map and Array.from give behind a value is left out, and so is undefined", () => {
  const rows = [
    [1, 3],
    [2, 0],
  ];
  expect(rows.map(argmax)).toEqual([1, 0]);
  expect(Array.from(rows, argmax)).toEqual([1, 0]);
  expect([m, m].map(argmax)).toEqual([argmax(m), argmax(m)]);
  expect(Array.from(rows, softmax)).toEqual(rows.map((row) => softmax(row)));
  expect((softmax as Call)(m, undefined)).toEqual(softmax(m));
  const [one, other] = [new RandomState(1), new RandomState(1)];
  expect(Array.from({ length: 3 }, one.random as Call, one)).toEqual([...other.random(3)]);
  expect([2, 3].map(one.randn, one)).toEqual([other.randn(2), other.randn(3)]);
});
