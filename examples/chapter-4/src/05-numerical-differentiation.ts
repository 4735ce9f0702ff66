// Sections 4.3.1 and 4.3.2: the slope of a function, from two of its values.
import { type ArgumentError, derivative, numericalDiff, tangentLine } from "numgrad";
import { plot } from "./plot.js";
import { heading, print } from "./print.js";

heading("5  Numerical differentiation");

// numericalDiff(f, x) is (f(x + h) - f(x - h)) / (2 * h), with h = 1e-4.
const function1 = (x: number) => 0.01 * x ** 2 + 0.1 * x;
print("f(x) = 0.01 x² + 0.1 x, so f'(x) = 0.02 x + 0.1");
print("  f'(5)  = 0.2:", numericalDiff(function1, 5));
print("  f'(10) = 0.3:", numericalDiff(function1, 10));

// h must not be too small: 5 + 1e-50 is 5, so the difference is 0. numericalDiff refuses such a step.
const tiny = 1e-50;
print("  f'(5) with h = 1e-50:", (function1(5 + tiny) - function1(5 - tiny)) / (2 * tiny));
try {
  numericalDiff(function1, 5, { h: tiny });
} catch (error) {
  print("  numericalDiff:", (error as ArgumentError).message);
}

// Neither quotient has h = 0, as one of the notes remarks. But the error of the forward quotient shrinks like h and
// that of the central quotient like h², until the error by rounding, which grows like 1 / h, is larger.
const cube = (x: number) => x * x * x;
print("\nerrors of g'(1) for g(x) = x³");
print("       h    forward    central");
for (const h of [1e-1, 1e-2, 1e-3, 1e-4, 1e-5, 1e-6, 1e-8, 1e-10]) {
  const forward = Math.abs(numericalDiff(cube, 1, { h, method: "forward" }) - 3);
  const central = Math.abs(numericalDiff(cube, 1, { h }) - 3);
  print(h.toExponential(0).padStart(8), forward.toExponential(1).padStart(10), central.toExponential(1).padStart(10));
}

// This is not in the book: extrapolation to h = 0, with an estimate of the error.
const { value, error } = derivative(cube, 1);
print("extrapolated:", value, "±", error.toExponential(0));

// The slope of the function is the slope of the tangent, which touches the curve.
const xs = Array.from({ length: 201 }, (_, i) => i / 10);
const tangents = [5, 10].map((x) => tangentLine(function1, x));
const draw = (mark: string, f: (x: number) => number) => ({ mark, points: xs.map((x) => [x, f(x)] as const) });
print("\nf (●) with its tangents at 5 (·) and 10 (+)");
print(plot([draw("●", function1), draw("·", tangents[0]), draw("+", tangents[1])], "x"));
print("figure: docs/figures/function-light.svg (npm run figures)");
