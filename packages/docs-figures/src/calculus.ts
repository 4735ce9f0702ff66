// The figures of the chapter's differences and descents.
import { gradientDescent } from "numgrad";
import { descentFigure, functionFigure, gradientFieldFigure } from "numgrad-figures";
import type { Draw } from "./drawings.js";

/** x₀² + x₁². */
const sumOfSquares = ([x0, x1]: ArrayLike<number> & Iterable<number>): number => x0! ** 2 + x1! ** 2;

/** The chapter's learning rates: one that reaches the minimum, one that is too large, and one that is too small. */
const RATES = [
  { learningRate: 0.1, label: "η = 0.1" },
  { learningRate: 10, label: "η = 10: too large" },
  { learningRate: 1e-10, label: "η = 10⁻¹⁰: too small" },
];

export const calculusDrawings: Record<string, Draw> = {
  function: (theme) =>
    functionFigure({
      theme,
      title: "The slope is that of the tangent",
      f: (x) => 0.01 * x ** 2 + 0.1 * x,
      name: "f(x) = 0.01x² + 0.1x",
      domain: [0, 20],
      tangents: [5, 10],
    }),

  "gradient-field": (theme) =>
    gradientFieldFigure({
      theme,
      title: "The negative gradient of f = x₀² + x₁²",
      f: sumOfSquares,
      x0: [-2, 2],
      x1: [-2, 2],
    }),

  descent: (theme) =>
    descentFigure({
      theme,
      title: "Gradient descent on f = x₀² + x₁² from (−3, 4)",
      f: sumOfSquares,
      x0: [-5, 5],
      x1: [-5, 5],
      paths: RATES.map(({ learningRate, label }) => ({
        label,
        ...gradientDescent(sumOfSquares, [-3, 4], { learningRate }),
      })),
    }),
};
