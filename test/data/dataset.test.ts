import { ArgumentError, Dataset, type DatasetOptions, ShapeError } from "numgrad";
import { describe, expect, test } from "vitest";
import { thrownBy } from "../support/thrown.js";

/** Four images of 2 × 3 pixels. Image i holds the bytes 10i … 10i + 5. */
const images = Uint8Array.from({ length: 24 }, (_, i) => 10 * Math.floor(i / 6) + (i % 6));
const labels = new Uint8Array([7, 0, 9, 7]);
const options: DatasetOptions = { images, labels, rows: 2, cols: 3 };

test("a dataset knows its sizes and keeps the arrays it was given", () => {
  const data = new Dataset(options);
  expect([data.size, data.rows, data.cols, data.classes]).toEqual([4, 2, 3, 10]);
  expect(data.images).toBe(images);
  expect(data.labels).toBe(labels);
});

test("x gives all images as Pixels on the dataset's own memory", () => {
  const x = new Dataset(options).x();
  expect(x).toEqual({ kind: "pixels", shape: [4, 6], data: images });
  expect(x.data).toBe(images);
});

test("toMatrix divides in float32 and widens, for every byte", () => {
  const bytes = Uint8Array.from({ length: 256 }, (_, i) => i);
  const matrix = new Dataset({ images: bytes, labels: new Uint8Array(2), rows: 16, cols: 8 }).toMatrix();
  expect(matrix.shape).toEqual([2, 128]);
  // This is the definition: both operands are float32, and the division is done in float32.
  for (let v = 0; v < 256; v++) {
    const [dividend, divisor] = new Float32Array([v, 255]) as unknown as [number, number];
    expect(matrix.data[v]).toBe(new Float32Array([dividend / divisor])[0]);
  }
  expect(matrix.data[51]).toBe(0.20000000298023224);
  expect(matrix.data[255]).toBe(1);
});

test("oneHot has a 1 at each label and 0 elsewhere", () => {
  const { shape, data } = new Dataset(options).oneHot();
  expect(shape).toEqual([4, 10]);
  for (let i = 0; i < 4; i++) {
    for (let k = 0; k < 10; k++) expect(data[i * 10 + k]).toBe(k === labels[i] ? 1 : 0);
  }
});

describe("classes", () => {
  test("are at least ten, and more if a label needs them", () => {
    expect(new Dataset({ ...options, labels: new Uint8Array([0, 0, 1, 1]) }).classes).toBe(10);
    expect(new Dataset({ ...options, labels: new Uint8Array([0, 46, 1, 1]) }).classes).toBe(47);
    expect(new Dataset({ ...options, labels: new Uint8Array([255, 0, 0, 0]) }).oneHot().shape).toEqual([4, 256]);
  });

  test("can be given, if every label is one of them", () => {
    const two = { ...options, labels: new Uint8Array([0, 1, 1, 0]), classes: 2 };
    expect(new Dataset(two).oneHot()).toEqual({ shape: [4, 2], data: new Float64Array([1, 0, 0, 1, 0, 1, 1, 0]) });
    const error = thrownBy(ArgumentError, () => new Dataset({ ...options, classes: 8 }));
    expect(error.message).toBe("options.labels[2]: expected a class index from 0 to 7, got 9");
    for (const classes of [0, 257, 2.5, Number.NaN, "10", null]) {
      expect(thrownBy(ArgumentError, () => new Dataset({ ...two, classes: classes as number })).argument).toBe(
        "options.classes",
      );
    }
  });

  test("are inherited by a subset, even if its labels are fewer", () => {
    const data = new Dataset({ ...options, labels: new Uint8Array([0, 0, 0, 46]) });
    expect(data.subset(0, 2).classes).toBe(47);
    expect(data.subset(0, 2).oneHot().shape).toEqual([2, 47]);
  });
});

describe("batch", () => {
  const data = new Dataset(options);

  test("copies the images in the order of the indices, also repeated ones", () => {
    const { x, t } = data.batch([2, 0, 2]);
    expect(x.kind).toBe("pixels");
    expect(x.shape).toEqual([3, 6]);
    expect(Array.from(x.data)).toEqual([20, 21, 22, 23, 24, 25, 0, 1, 2, 3, 4, 5, 20, 21, 22, 23, 24, 25]);
    expect(t).toEqual(new Uint8Array([9, 7, 9]));
    x.data.fill(77);
    t.fill(1);
    expect(images[0]).toBe(0);
    expect(labels[0]).toBe(7);
  });

  test("takes typed arrays of indices", () => {
    expect(data.batch(new Int32Array([3])).t).toEqual(new Uint8Array([7]));
    expect(data.batch(new Float64Array([1, 2])).t).toEqual(new Uint8Array([0, 9]));
  });

  test("refuses an index that is not an image number, and names it", () => {
    for (const index of [-1, 4, 1.5, Number.NaN, Number.POSITIVE_INFINITY, "1", undefined, null]) {
      const error = thrownBy(ArgumentError, () => data.batch([0, index as number]));
      expect(error.argument).toBe("indices[1]");
      expect(error.expected).toBe("an image number from 0 to 3");
    }
    expect(thrownBy(ShapeError, () => data.batch([])).argument).toBe("indices");
    for (const indices of [3, undefined, null, "01", { length: 1 }, new BigInt64Array(1)]) {
      thrownBy(ArgumentError, () => data.batch(indices as unknown as number[]));
    }
  });
});

describe("subset", () => {
  const data = new Dataset(options);

  test("is a window on the same memory", () => {
    const middle = data.subset(1, 3);
    expect([middle.size, middle.rows, middle.cols]).toEqual([2, 2, 3]);
    expect(Array.from(middle.labels)).toEqual([0, 9]);
    expect(Array.from(middle.images)).toEqual([10, 11, 12, 13, 14, 15, 20, 21, 22, 23, 24, 25]);
    expect(middle.images.buffer).toBe(images.buffer);
    expect(middle.x().shape).toEqual([2, 6]);
    expect(middle.batch([1]).x.data[0]).toBe(20);
    expect(Array.from(middle.subset(1, 2).labels)).toEqual([9]);
  });

  test("reaches to the end by default", () => {
    expect(Array.from(data.subset(2).labels)).toEqual([9, 7]);
    expect(data.subset(0).size).toBe(4);
  });

  test("is never empty, reversed or out of range", () => {
    for (const [start, end, argument] of [
      [-1, 2, "start"],
      [4, 4, "start"],
      [0.5, 2, "start"],
      [undefined, 2, "start"],
      [1, 1, "end"],
      [2, 1, "end"],
      [0, 5, "end"],
      [0, Number.NaN, "end"],
    ] as [number, number, string][]) {
      expect(thrownBy(ArgumentError, () => data.subset(start, end)).argument).toBe(argument);
    }
  });
});

describe("the constructor refuses", () => {
  test.each([
    ["missing options", undefined, "options"],
    ["an unknown option", { ...options, height: 2 }, "options.height"],
    ["no images", { ...options, images: undefined }, "options.images"],
    ["images that are not bytes", { ...options, images: new Float64Array(24) }, "options.images"],
    ["images as an array", { ...options, images: Array.from(images) }, "options.images"],
    ["labels that are not bytes", { ...options, labels: [7, 0, 9, 7] }, "options.labels"],
    ["rows of 0", { ...options, rows: 0 }, "options.rows"],
    ["rows that are missing", { images, labels, cols: 3 }, "options.rows"],
    ["cols that are not an integer", { ...options, cols: 1.5 }, "options.cols"],
  ])("%s", (_, given, argument) => {
    expect(thrownBy(ArgumentError, () => new Dataset(given as unknown as DatasetOptions)).argument).toBe(argument);
  });

  test("an empty dataset", () => {
    const empty = { ...options, images: new Uint8Array(0), labels: new Uint8Array(0) };
    expect(thrownBy(ShapeError, () => new Dataset(empty)).argument).toBe("options.labels");
  });

  test("numbers of images and labels that do not match, naming both", () => {
    const error = thrownBy(ShapeError, () => new Dataset({ ...options, labels: new Uint8Array(5) }));
    expect(error.message).toBe("options.images: expected 5 × 2 × 3 = 30 bytes, one image for each label, got 24");
    thrownBy(ShapeError, () => new Dataset({ ...options, rows: 3 }));
  });
});
