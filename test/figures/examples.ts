import {
  accuracyFigure,
  confusionFigure,
  descentFigure,
  type FigureOptions,
  type FigureSpec,
  functionFigure,
  gradientFieldFigure,
  imagesFigure,
  learningRatesFigure,
  lossFigure,
  weightsFigure,
} from "numgrad-figures";

export const parabola = (x: number): number => 0.01 * x ** 2 + 0.1 * x;
export const bowl = (x: ArrayLike<number>): number => x[0]! ** 2 + x[1]! ** 2;

/** Losses that fall and vary, the same in every run. */
export const losses = (count: number): number[] =>
  Array.from({ length: count }, (_, i) => 0.2 + 2 * Math.exp((-5 * i) / count) + 0.1 * Math.sin(i * i));

export const evaluations = [
  { step: 0, epoch: 0, trainAccuracy: 0.1, testAccuracy: 0.11 },
  { step: 600, epoch: 1, trainAccuracy: 0.78, testAccuracy: 0.79 },
  { step: 1200, epoch: 2, trainAccuracy: 0.88, testAccuracy: 0.875 },
];

/** Six images of 4 × 3 pixels, of three classes. */
export const data = {
  images: Uint8Array.from({ length: 72 }, (_, i) => (i * 37) % 256),
  labels: new Uint8Array([0, 1, 2, 0, 1, 2]),
  rows: 4,
  cols: 3,
};

/** Twelve inputs, five units. */
export const weights = Float64Array.from({ length: 60 }, (_, i) => Math.sin(i));

/** One figure of each kind, with the given options of all figures. */
export const FIGURES: Record<string, (options?: FigureOptions) => FigureSpec> = {
  functionFigure: (options) => functionFigure({ ...options, f: parabola, domain: [0, 20], tangents: [5, 10] }),
  gradientFieldFigure: (options) => gradientFieldFigure({ ...options, f: bowl, x0: [-2, 2], x1: [-2, 2], arrows: 5 }),
  descentFigure: (options) =>
    descentFigure({
      ...options,
      f: bowl,
      x0: [-5, 5],
      x1: [-5, 5],
      paths: [
        { label: "good", history: [[-3, 4], [-1, 1], [0, 0]] },
        { label: "too large", history: [[-3, 4], [57, -76], [-2.6e13, -1.3e12]] },
        { label: "too small", history: [[-3, 4], [-3 + 1e-9, 4 - 1e-9]] },
      ],
    }), // biome-ignore format: a path a line
  lossFigure: (options) => lossFigure({ ...options, losses: losses(300) }),
  learningRatesFigure: (options) =>
    learningRatesFigure({
      ...options,
      runs: [
        { learningRate: 0.1, losses: losses(300), status: "finished" },
        { learningRate: 10, losses: losses(40), status: "diverged" },
      ],
    }),
  accuracyFigure: (options) => accuracyFigure({ ...options, evaluations }),
  confusionFigure: (options) => confusionFigure({ ...options, matrix: [[9, 1, 0], [2, 7, 1], [0, 0, 10]] }), // biome-ignore format: a matrix
  imagesFigure: (options) => imagesFigure({ ...options, data, predictions: [0, 1, 2, 1, 1, 2] }),
  weightsFigure: (options) => weightsFigure({ ...options, weights, rows: 4, cols: 3 }),
};
