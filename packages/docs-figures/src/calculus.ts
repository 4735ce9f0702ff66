// The figures of the chapter's differences and descents.
import { gradientDescent } from "numgrad";
import { descentFigure, functionFigure, gradientFieldFigure } from "numgrad-figures";
import type { Draw } from "./drawings.js";

/** x₀² + x₁². */
const sumOfSquares = ([x0, x1]: ArrayLike<number> & Iterable<number>): number => x0! ** 2 + x1! ** 2;

/** x₀²/20 + x₁²: a long valley, in which a step along the gradient leads mostly across. */
const longBowl = ([x0, x1]: ArrayLike<number> & Iterable<number>): number => x0! ** 2 / 20 + x1! ** 2;

/** Learning rates: one that crawls, one that zigzags across the valley and arrives, and one that is too large. */
const RATES = [
  { learningRate: 0.02, steps: 30, label: "η = 0.02: too small" },
  { learningRate: 0.9, steps: 50, label: "η = 0.9: a zigzag" },
  { learningRate: 1.05, steps: 10, label: "η = 1.05: too large" },
];

export const calculusDrawings: Record<string, Draw> = {
  function: (theme) =>
    functionFigure({
      theme,
      title: "The tangent, and the secant through x ± h beside it",
      f: (x) => 0.01 * x ** 2 + 0.1 * x,
      name: "f(x) = 0.01x² + 0.1x",
      domain: [0, 20],
      tangents: [10],
      h: 6,
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
      title: "Gradient descent on f = x₀²/20 + x₁² from (−7, 2)",
      f: longBowl,
      x0: [-8, 8],
      x1: [-4, 4],
      paths: RATES.map(({ learningRate, steps, label }) => ({
        label,
        ...gradientDescent(longBowl, [-7, 2], { learningRate, steps }),
      })),
    }),
};
