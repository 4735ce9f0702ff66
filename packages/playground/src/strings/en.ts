import type { Strings } from "./strings.js";

export const en: Strings = {
  name: "English",
  language: "Language",
  intro:
    "What a gradient is, how differences find it numerically, and how a network learns by it: chapter 4 of Deep Learning from Scratch, to try out. Everything is computed in this page.",
  parts: { differences: "Differences", descent: "Descent", training: "Training and drawing" },
  share: { copy: "Copy a link to this state", copied: "Copied" },
  differences: {
    title: "Differences",
    intro:
      "The derivative is the slope of the tangent. A numerical derivative takes the slope of a secant instead: the " +
      "forward difference through x and x + h, the central difference through x − h and x + h.",
    task: "Make h smaller, step by step. Does the error keep falling? Look for the h at which it is smallest.",
    f: "Function f(x)",
    own: "Your own function",
    wrong: (position) => `This cannot be read after ${position} characters. Try x^2 + sin(x).`,
    undefinedHere: "f has no value or no slope here. Move x.",
    x: "Point x",
    h: "Difference step h",
    tangent: "tangent",
    forward: "forward difference",
    central: "central difference",
    derivative: "Derivative f′(x)",
    quotient: "Quotient",
    error: "Error",
    plot: "The function with its tangent and secants at x",
    errorPlot: "Error over h, both on logarithmic axes",
    truncation: "truncation",
    rounding: "rounding",
    regimes: {
      truncation:
        "Here the truncation error rules: the secant is not yet the tangent. With an h ten times smaller the central " +
        "difference has an error a hundred times smaller.",
      rounding:
        "Here the rounding error rules: f(x + h) and f(x − h) agree in most of their digits, and their difference keeps " +
        "only the last, rounded ones. Each smaller h makes it worse.",
      balance: "Here both errors are about equally large: no other h gives a much better central difference.",
      lost: "h is lost: in float64, x + h is the same number as x. The quotient says nothing about f.",
    },
  },
  descent: {
    title: "Descent",
    intro:
      "Gradient descent takes steps against the gradient: x ← x − η · ∂f/∂x. Click on the map to start from there. Paths " +
      "stay, so that learning rates can be compared: too large a rate diverges, too small a rate crawls.",
    surface: "Function",
    surfaces: { bowl: "Bowl", valley: "Elongated bowl", saddle: "Saddle", rosenbrock: "Rosenbrock’s valley" },
    rate: "Learning rate η",
    again: "Descend",
    clear: "Clear the paths",
    map: "Contours of the function, on which paths start",
    keys: "With keys: arrows move the start, Enter descends from it.",
    paths: "Paths",
    none: "No path yet.",
    outcomes: {
      arrived: "arrived: the gradient is nearly 0",
      diverged: "diverged: the steps became longer and longer",
      crawled: "crawls: hardly any lower",
      underway: "still on its way",
    },
    steps: (count) => (count === 1 ? "1 step" : `${count} steps`),
  },
  weight: {
    title: "One weight",
    intro:
      "A numerical gradient moves one weight at a time: by −h, then by +h, and looks how the loss L of 100 training images changes. Choose a pixel by clicking on the picture, and a hidden unit here or on the sheet below. The marked digits are the only ones that differ.",
    unit: "Hidden unit",
    picture: "The incoming weights of the hidden unit; a click chooses a pixel",
    keys: "With keys: arrows choose the pixel.",
    place: (row, column) => `Weight from the pixel in row ${row}, column ${column}`,
    value: "Weight w",
    backprop: "Backpropagation says",
    difference: "Difference of the two",
    rest: (count) => `… and ${count} more, for each step.`,
  },
};
