import {
  ArgumentError,
  accuracy,
  crossEntropyError,
  type Matrix,
  matrix,
  pixels,
  ShapeError,
  sumOfSquaresError,
} from "numgrad";
import { describe, expect, test } from "vitest";
import { thrownBy } from "../support/thrown.js";

describe.each([
  { name: "sumOfSquaresError", f: sumOfSquaresError },
  { name: "crossEntropyError", f: (y: Matrix | number[], t: Matrix | number[] | number) => crossEntropyError(y, t) },
  { name: "accuracy", f: accuracy },
] as { name: string; f: (y: unknown, t: unknown) => number }[])(
  "$name: which targets go with which predictions",
  ({ f }) => {
    const vector = [0.1, 0.2, 0.7];
    const batch = matrix([vector, [0.6, 0.3, 0.1]]);

    test("a label stands for its one-hot row, for a vector and for a batch", () => {
      const expected = f(vector, [0, 0, 1]);
      for (const t of [2, [2], Uint8Array.of(2), matrix([[0, 0, 1]])]) expect(f(vector, t)).toBe(expected);
      expect(f(matrix([vector]), [2])).toBe(expected);
      const both = f(batch, matrix([[0, 0, 1], [0, 1, 0]])); // biome-ignore format: a matrix
      for (const t of [[2, 1], Uint8Array.of(2, 1), Float64Array.of(2, 1)]) expect(f(batch, t)).toBe(both);
    });

    test("an array of one number is a target for a vector of one", () => {
      expect(f([0.25], [0])).toBe(f(matrix([[0.25]]), matrix([[0]])));
      expect(f([0.25], 0)).toBe(f(matrix([[0.25]]), matrix([[1]])));
    });

    test("float32 numbers are converted to float64", () => {
      const narrow = Float32Array.from(batch.data);
      const wide = { shape: [2, 3], data: Float64Array.from(narrow) };
      expect(f({ shape: [2, 3], data: narrow }, { shape: [2, 3], data: narrow })).toBe(f(wide, wide));
      expect(f(narrow, narrow)).toBe(f(wide.data, wide.data));
    });

    test.each<[y: unknown, t: unknown, message: string]>([
      [vector, [1, 2], "t: expected a label or a row of targets, for y of shape [3], got length 2"],
      [vector, [1, 2, 3, 4], "t: expected a label or a row of targets, for y of shape [3], got length 4"],
      [vector, batch, "t: expected a label or a row of targets, for y of shape [3], got shape [2, 3]"],
      [vector, [], "t: expected at least one number, got an empty array"],
      [[], [1], "y: expected at least one number, got an empty array"],
      [batch, [1], "t: expected a label per row or a Matrix of targets, for y of shape [2, 3], got length 1"],
      [
        batch,
        [0, 0, 1, 0, 1, 0],
        "t: expected a label per row or a Matrix of targets, for y of shape [2, 3], got length 6",
      ],
      [
        batch,
        matrix([[1, 2]]),
        "t: expected a label per row or a Matrix of targets, for y of shape [2, 3], got shape [1, 2]",
      ],
      [
        batch,
        matrix([[0, 1], [1, 0]]), // biome-ignore format: a matrix
        "t: expected a label per row or a Matrix of targets, for y of shape [2, 3], got shape [2, 2]",
      ],
    ])("%o with %o is refused", (y, t, message) => {
      expect(thrownBy(ShapeError, () => f(y, t)).message).toBe(message);
    });

    test.each<[argument: string, y: unknown, t: unknown]>([
      ["y", undefined, 1],
      ["y", 0.5, 0],
      ["y", "1", 0],
      ["y", pixels([1, 1], new Uint8Array(1)), 0],
      ["y[0]", [[0.5, 0.5]], [0]],
      ["y.data", { shape: [1, 2], data: new Float64Array(1) }, [0]],
      ["t", vector, undefined],
      ["t", vector, "1"],
      ["t", vector, 3],
      ["t", vector, -1],
      ["t", vector, 0.5],
      ["t", vector, Number.NaN],
      ["t[0]", vector, [3]],
      ["t[0]", vector, ["1"]],
      ["t", batch, 1],
      ["t", batch, null],
      ["t[1]", batch, [0, 3]],
      ["t[0]", batch, [-1, 0]],
      ["t[1]", batch, [0, 1.5]],
      ["t[0]", batch, [Number.NaN, 0]],
      ["t[0]", batch, [[0, 0, 1], [0, 1, 0]]], // biome-ignore format: rows
      ["t.data", batch, { shape: [2, 3], data: [0, 0, 1, 0, 1, 0] }],
      ["t[1]", batch, BigInt64Array.of(0n, 2n ** 53n)],
    ])("%s is refused: %o with %o", (argument, y, t) => {
      const error = thrownBy(ArgumentError, () => f(y, t));
      expect(error.argument).toBe(argument);
      expect(error.received).toBeTypeOf("string");
    });

    test("what is no array is refused with a message that says which targets fit", () => {
      expect(thrownBy(ArgumentError, () => f(vector, "1")).message).toMatch(
        /^t: expected a label or a row of targets, for y of shape \[3\], got /,
      );
    });
  },
);
