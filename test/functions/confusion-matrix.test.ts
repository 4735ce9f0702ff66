import fc from "fast-check";
import { ArgumentError, accuracy, accuracyPerClass, confusionMatrix, matrix, ShapeError } from "numgrad";
import { describe, expect, test } from "vitest";
import { argmaxes } from "../support/targets.js";
import { thrownBy } from "../support/thrown.js";

/** Rows of predictions and rows of targets for some classes. They have few different values, so that there are ties. */
const pairs = fc.integer({ min: 1, max: 6 }).chain((classes) => {
  const row = fc.array(fc.integer({ min: 0, max: 3 }), { minLength: classes, maxLength: classes });
  return fc.array(fc.tuple(row, row), { minLength: 1, maxLength: 40 });
});

describe("a confusion matrix", () => {
  test("counts by its definition, and is the same for numbers and for labels", () => {
    fc.assert(
      fc.property(pairs, (rows) => {
        const [y, t] = [matrix(rows.map(([a]) => a)), matrix(rows.map(([, b]) => b))];
        const [predicted, actual] = [argmaxes(y), argmaxes(t)];
        const classes = y.shape[1];
        const { shape, data } = confusionMatrix(y, t);
        expect(shape).toEqual([classes, classes]);
        for (let r = 0; r < classes; r++) {
          for (let c = 0; c < classes; c++) {
            const expected = rows.filter((_, i) => actual[i] === r && predicted[i] === c).length;
            expect(data[r * classes + c]).toBe(expected);
          }
        }
        for (const [a, b] of [[y, actual], [predicted, t], [Float64Array.from(predicted), Uint8Array.from(actual)]] as const) {
          expect(confusionMatrix(a, b, { classes })).toEqual({ shape, data });
        }
      }),
    ); // biome-ignore format: short
  });

  test("has the accuracy on its diagonal", () => {
    fc.assert(
      fc.property(pairs, (rows) => {
        const [y, t] = [matrix(rows.map(([a]) => a)), matrix(rows.map(([, b]) => b))];
        const { shape, data } = confusionMatrix(y, t);
        const right = Array.from({ length: shape[0] }, (_, k) => data[k * shape[0] + k]!);
        expect(right.reduce((sum, count) => sum + count) / rows.length).toBe(accuracy(y, t));
      }),
    );
  });

  test("of labels has the largest label + 1 as the number of classes, or the number that is given", () => {
    expect(confusionMatrix([0], [0])).toEqual({ shape: [1, 1], data: new Float64Array([1]) });
    expect(confusionMatrix([0, 1], [2, 1]).shape).toEqual([3, 3]);
    expect(confusionMatrix([3, 1], [2, 1]).shape).toEqual([4, 4]);
    expect(confusionMatrix([0], [0], { classes: 10 }).shape).toEqual([10, 10]);
  });

  test("treats NaN as the largest number, as accuracy does, and takes float32 numbers", () => {
    const y = matrix([[1, Number.NaN, 5]]);
    expect(confusionMatrix(y, [2]).data).toEqual(new Float64Array([0, 0, 0, 0, 0, 0, 0, 1, 0]));
    const single = { shape: [1, 2] as const, data: new Float32Array([0.25, 0.75]) };
    expect(confusionMatrix(single, [0]).data).toEqual(new Float64Array([0, 1, 0, 0]));
  });

  test("has the values in the documentation", () => {
    const y = matrix([[0.9, 0.1], [0.4, 0.6], [0.7, 0.3]]); // biome-ignore format: a matrix
    expect(confusionMatrix(y, [0, 1, 1])).toEqual(matrix([[1, 0], [1, 1]])); // biome-ignore format: a matrix
    expect(confusionMatrix([2, 0, 2], [2, 1, 2]).data).toEqual(new Float64Array([0, 0, 0, 1, 0, 0, 0, 0, 2]));
  });

  const y = matrix([[0.9, 0.1], [0.4, 0.6]]); // biome-ignore format: a matrix
  test.each<[string, unknown, unknown, object, string]>([
    ["a number for predictions", 3, [0], {}, "y"],
    ["nothing for predictions", [], [0], {}, "y"],
    ["a number for labels", y, 1, {}, "t"],
    ["text for labels", y, "01", {}, "t"],
    ["fewer labels than rows", y, [0], {}, "t"],
    ["a label beyond the columns", y, [0, 2], {}, "t[1]"],
    ["a label that is not an integer", y, [0.5, 1], {}, "t[0]"],
    ["a predicted label below 0", [-1, 0], [0, 1], {}, "y[0]"],
    ["a predicted label beyond the columns of t", [0, 2], y, {}, "y[1]"],
    ["a label beyond the classes", [0, 1], [0, 3], { classes: 3 }, "t[1]"],
    ["a label that would make a huge matrix", [0, 1], [0, 1e9], {}, "t[1]"],
    ["targets with other columns", y, matrix([[1, 0, 0], [0, 1, 0]]), {}, "t"],
    ["another number of columns than classes", y, [0, 1], { classes: 3 }, "y"],
    ["a number of classes of 0", y, [0, 1], { classes: 0 }, "options.classes"],
    ["more than 4096 classes", [0], [0], { classes: 4097 }, "options.classes"],
    ["more than 4096 columns", { shape: [1, 4097], data: new Float64Array(4097) }, [0], {}, "y"],
    ["an unknown option", y, [0, 1], { normalize: true }, "options.normalize"],
  ])("refuses %s", (_, predictions, targets, options, argument) => {
    const error = thrownBy(ArgumentError, () => confusionMatrix(predictions as never, targets as never, options));
    expect(error.argument).toBe(argument);
  }); // biome-ignore format: a table

  test("takes as many as 4096 classes, as an option and as the columns of a Matrix", () => {
    expect(confusionMatrix([0], [0], { classes: 4096 }).shape).toEqual([4096, 4096]);
    expect(confusionMatrix({ shape: [1, 4096], data: new Float64Array(4096) }, [0]).shape).toEqual([4096, 4096]);
    const wide = { shape: [1, 4097] as [number, number], data: new Float64Array(4097) };
    expect(thrownBy(ShapeError, () => confusionMatrix(wide, [0])).message).toBe(
      "y: expected at most 4096 columns, got 4097",
    );
  });

  test("refuses shapes that do not fit, and names both numbers of rows", () => {
    expect(thrownBy(ShapeError, () => confusionMatrix(y, [0, 1, 1])).message).toBe(
      "t: expected 2 rows, as in y, got 3",
    );
    expect(thrownBy(ShapeError, () => confusionMatrix(y, [0, 1], { classes: 3 })).message).toBe(
      "y: expected 3 columns, one for each class, got 2",
    );
  });
});

describe("the accuracy per class", () => {
  test("is the accuracy over the samples of the class, or NaN if there are none", () => {
    fc.assert(
      fc.property(pairs, (rows) => {
        const [y, t] = [matrix(rows.map(([a]) => a)), matrix(rows.map(([, b]) => b))];
        const labels = argmaxes(t);
        const result = accuracyPerClass(y, labels);
        expect(result).toHaveLength(y.shape[1]);
        for (const [k, fraction] of result.entries()) {
          const own = rows.filter((_, i) => labels[i] === k).map(([a]) => a);
          expect(fraction).toBe(own.length === 0 ? Number.NaN : accuracy(matrix(own), Array(own.length).fill(k)));
        }
      }),
    );
  });

  test("has the values in the documentation, and takes the options of the confusion matrix", () => {
    expect(accuracyPerClass([2, 0, 2], [2, 1, 2])).toEqual(new Float64Array([Number.NaN, 0, 1]));
    expect(accuracyPerClass([0], [0], { classes: 2 })).toEqual(new Float64Array([1, Number.NaN]));
    expect(thrownBy(ArgumentError, () => accuracyPerClass([0], [1], { classes: 1 })).argument).toBe("t[0]");
  });
});
