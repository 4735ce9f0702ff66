import { ArgumentError, Dataset, matrix, NonFiniteError, ShapeError, TwoLayerNet } from "numgrad";
import { confusionFigure, imagesFigure, weightsFigure } from "numgrad-figures";
import { describe, expect, test } from "vitest";
import { readPng } from "../support/png.js";
import { thrownBy } from "../support/thrown.js";
import { Drawn, rowsWith } from "./drawn.js";
import { data, weights } from "./examples.js";

describe("confusionFigure", () => {
  const rows = [[8, 2, 0], [0, 5, 0], [0, 0, 0]]; // biome-ignore format: a matrix

  test("has a cell for each pair of classes, its count if that is not zero, and shares of rows", async () => {
    const spec = confusionFigure({ matrix: rows, classes: ["cat", "dog", "owl"] });
    const drawn = await Drawn.from(spec);
    expect(drawn.marks("rect")).toHaveLength(9);
    expect(drawn.marks("text")).toHaveLength(3);
    expect(drawn.texts).toEqual(expect.arrayContaining(["8", "2", "5", "cat", "dog", "owl"]));
    expect(drawn.texts).toEqual(expect.arrayContaining(["predicted class", "actual class"]));
    expect(rowsWith(spec, "share").map(({ share }) => share)).toEqual([0.8, 0.2, 0, 0, 1, 0, 0, 0, 0]);
    expect(rowsWith(spec, "share")[1]).toMatchObject({ actual: 0, predicted: 1, count: 2 });
  });

  test("a Matrix gives the same figure as its rows", () => {
    expect(confusionFigure({ matrix: matrix(rows) })).toEqual(confusionFigure({ matrix: rows }));
  });

  test("a hundred classes get colours only", async () => {
    const many = Array.from({ length: 100 }, (_, r) => Array.from({ length: 100 }, (_, c) => (r === c ? 9 : 1)));
    const drawn = await Drawn.from(confusionFigure({ matrix: many }));
    expect(drawn.marks("rect")).toHaveLength(10_000);
    expect(drawn.marks("text")).toHaveLength(0);
  });

  test("refuses an argument that is not a confusion matrix", () => {
    const argumentOf = (options: object) => thrownBy(ArgumentError, () => confusionFigure(options as never)).argument;
    expect(argumentOf({ matrix: [[1, 2]] })).toBe("options.matrix");
    expect(argumentOf({ matrix: [] })).toBe("options.matrix");
    expect(argumentOf({ matrix: [[1, 2], [3]] })).toBe("options.matrix[1]");
    expect(argumentOf({ matrix: [[1, -2], [3, 4]] })).toBe("options.matrix[0][1]"); // biome-ignore format: a matrix
    expect(argumentOf({ matrix: { shape: [2, 2], data: new Float64Array(3) } })).toBe("options.matrix.data");
    expect(argumentOf({ matrix: { shape: [0, 2], data: [] } })).toBe("options.matrix.shape[0]");
    expect(argumentOf({ matrix: "m" })).toBe("options.matrix");
    expect(argumentOf({ matrix: rows, classes: ["a"] })).toBe("options.classes");
    expect(argumentOf({ matrix: rows, classes: ["a", "b", 3] })).toBe("options.classes[2]");
  });
});

describe("imagesFigure", () => {
  test("has an image and a caption for each index, and the label after a wrong prediction", async () => {
    const spec = imagesFigure({ data, indices: [5, 0, 3], predictions: [2, 1, 0], probabilities: [0.994, 0.5, 1] });
    const drawn = await Drawn.from(spec);
    expect(drawn.svg.match(/<image /g)).toHaveLength(3);
    expect(drawn.texts).toEqual(["2 · 99%", "1 · 50%", "0 · 100%", "label 0"]);
  });

  test("images hold the pixels, inverted in the light theme", () => {
    for (const theme of ["light", "dark"] as const) {
      const urls = rowsWith(imagesFigure({ data, theme }), "image").map(({ image }) => image as string);
      expect(urls).toHaveLength(6);
      const { width, height, pixels } = readPng(urls[4]!);
      expect([width, height]).toEqual([3, 4]);
      const expected = data.images.subarray(48, 60).map((value) => (theme === "light" ? 255 - value : value));
      expect(pixels).toEqual(expected);
    }
  });

  test("takes a Dataset and shows its first 50 images, ten in a row", async () => {
    const dataset = new Dataset({
      images: new Uint8Array(60 * 28 * 28),
      labels: new Uint8Array(60),
      rows: 28,
      cols: 28,
    });
    const drawn = await Drawn.from(imagesFigure({ data: dataset }));
    expect(drawn.svg.match(/<image /g)).toHaveLength(50);
    const xs = new Set(rowsWith(imagesFigure({ data: dataset }), "image").map(({ x }) => x));
    expect(xs.size).toBe(10);
  });

  test("names of classes replace their numbers, and get the room that they need", () => {
    const named = imagesFigure({
      data,
      classes: ["T-shirt", "trousers", "ankle boot"],
      predictions: [0, 1, 2, 1, 1, 2],
    });
    expect(rowsWith(named, "image").map(({ caption }) => caption)).toEqual([
      "T-shirt", "trousers", "ankle boot", "trousers", "trousers", "ankle boot",
    ]); // biome-ignore format: one line
    const [first, second] = rowsWith(named, "image") as unknown as { x: number }[];
    expect(second!.x - first!.x).toBeGreaterThan(70);
  });

  test.each<[object, string]>([
    [{ data: null }, "options.data"],
    [{ data: { ...data, images: [] } }, "options.data.images"],
    [{ data: { ...data, rows: 5 } }, "options.data.images"],
    [{ data: { ...data, cols: 0 } }, "options.data.cols"],
    [{ data: { ...data, labels: 3 } }, "options.data.labels"],
    [{ indices: [] }, "options.indices"],
    [{ indices: [6] }, "options.indices[0]"],
    [{ indices: [0, 0.5] }, "options.indices[1]"],
    [{ predictions: [1] }, "options.predictions"],
    [{ predictions: [0, 0, 0, 0, 0, -1] }, "options.predictions[5]"],
    [{ probabilities: [1] }, "options.probabilities"],
    [{ classes: ["a", "b"] }, "options.data.labels[2]"],
    [{ classes: "ab" }, "options.classes"],
    [{ columns: 0 }, "options.columns"],
  ])("refuses %o", (wrong, argument) => {
    expect(thrownBy(ArgumentError, () => imagesFigure({ data, ...wrong })).argument).toBe(argument);
  });
});

describe("weightsFigure", () => {
  test("has an image for each unit, and a legend with both signs", async () => {
    const drawn = await Drawn.from(weightsFigure({ weights, rows: 4, cols: 3 }));
    expect(drawn.svg.match(/<image /g)).toHaveLength(5);
    expect(drawn.texts).toEqual(expect.arrayContaining(["weight", "0.5", "−0.5"]));
  });

  test("a column of the weights is an image: zero has the middle colour, the largest weight the last one", () => {
    const two = [0, -4, 1, 2, -2, 4];
    const urls = rowsWith(weightsFigure({ weights: two, rows: 1, cols: 3 }), "image").map(
      ({ image }) => image as string,
    );
    const images = urls.map(readPng);
    expect(images.map(({ pixels }) => [...pixels])).toEqual([[31, 39, 16], [0, 47, 62]]); // biome-ignore format: one line
    expect(images[0]!.palette.slice(0, 1)).toEqual(["#3b1f6b"]);
    expect(images[0]!.palette.slice(31, 32)).toEqual(["#b0aeb4"]);
    expect(images[0]!.palette.slice(62)).toEqual(["#ffe55c"]);
  });

  test("negative weights are darker than zero, and positive ones lighter, so that a grey print keeps the sign", () => {
    for (const theme of ["light", "dark"] as const) {
      const [row] = rowsWith(weightsFigure({ weights: [-1, 0, 1], rows: 1, cols: 3, theme }), "image");
      const { palette } = readPng(row!.image as string);
      const grey = [0, 31, 62].map((i) => {
        const [r, g, b] = [1, 3, 5].map((start) => Number.parseInt(palette[i]!.slice(start, start + 2), 16));
        return 0.299 * r! + 0.587 * g! + 0.114 * b!;
      });
      expect(grey[1]! - grey[0]!).toBeGreaterThan(50);
      expect(grey[2]! - grey[1]!).toBeGreaterThan(40);
    }
  });

  test("takes a window on a network's weights, a copy of it, and a Matrix", () => {
    const net = new TwoLayerNet({ inputSize: 12, hiddenSize: 5, outputSize: 2, random: 0 });
    const live = weightsFigure({ weights: net.params.w1, rows: 4, cols: 3 });
    const { w1 } = net.params.toArrays();
    expect(weightsFigure({ weights: w1, rows: 4, cols: 3 })).toEqual(live);
    expect(weightsFigure({ weights: { shape: [12, 5], data: w1 }, rows: 4, cols: 3 })).toEqual(live);
    net.dispose();
  });

  test("weights that are all zero have the colour of zero", () => {
    const [row] = rowsWith(weightsFigure({ weights: new Float64Array(4), rows: 2, cols: 2 }), "image");
    expect([...readPng(row!.image as string).pixels]).toEqual([31, 31, 31, 31]);
  });

  test("refuses weights that do not fit", () => {
    expect(thrownBy(ShapeError, () => weightsFigure({ weights, rows: 7, cols: 1 })).argument).toBe("options.weights");
    expect(thrownBy(ShapeError, () => weightsFigure({ weights: [], rows: 1, cols: 1 })).argument).toBe(
      "options.weights",
    );
    const transposed = { shape: [5, 12] as const, data: weights };
    expect(thrownBy(ShapeError, () => weightsFigure({ weights: transposed, rows: 4, cols: 3 })).argument).toBe(
      "options.weights.shape",
    );
    expect(thrownBy(NonFiniteError, () => weightsFigure({ weights: [1, Number.NaN], rows: 1, cols: 1 })).index).toBe(1);
    expect(thrownBy(ArgumentError, () => weightsFigure({ weights, rows: 0, cols: 3 })).argument).toBe("options.rows");
    expect(
      thrownBy(ArgumentError, () => weightsFigure({ weights: undefined as never, rows: 1, cols: 1 })).argument,
    ).toBe("options.weights");
  });
});
