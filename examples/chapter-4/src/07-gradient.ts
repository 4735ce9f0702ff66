// Section 4.4: all partial derivatives together are the gradient, and its negative points downhill.
import { ArgumentError, numericalGradient } from "numgrad";
import { heading, inFull, print } from "./print.js";

heading("7  The gradient");

const function2 = (x: ArrayLike<number>) => x[0] ** 2 + x[1] ** 2;

print("∇(x₀² + x₁²)   as NumPy prints it, and in full");
for (const [x0, x1] of [
  [3.0, 4.0],
  [0.0, 2.0],
  [3.0, 0.0],
]) {
  const gradient = numericalGradient(function2, [x0, x1]);
  print(`  at (${x0}, ${x1})   `, gradient, "  ", inFull(gradient));
}

// Figure 4-9: at every point an arrow against the gradient. It points downhill. In this bowl, it also points to the
// lowest place.
const axis = Array.from({ length: 18 }, (_, i) => -2 + 0.25 * i); // np.arange(-2, 2.5, 0.25)
const ARROWS = ["→", "↗", "↑", "↖", "←", "↙", "↓", "↘"];

function arrow([g0, g1]: Float64Array): string {
  if (g0 === 0 && g1 === 0) return "●";
  const eighths = Math.round(Math.atan2(-g1, -g0) / (Math.PI / 4));
  return ARROWS[(eighths + 8) % 8];
}

print("\ndownhill, for x₀ (to the right) and x₁ (upwards) from -2 to 2.25");
for (const x1 of [...axis].reverse()) print(" ", ...axis.map((x0) => arrow(numericalGradient(function2, [x0, x1]))));
print("figure: docs/figures/gradient-field-light.svg (npm run figures)");

// A trap of the notes' code: for an array of integers NumPy truncates 3 + 0.0001, and the gradient at [3, 4] is
// [25000, 35000]. In JavaScript only some arrays hold integers, and these are refused:
try {
  numericalGradient(function2, new Int32Array([3, 4]) as unknown as Float64Array);
} catch (error) {
  if (!(error instanceof ArgumentError)) throw error;
  print(`\nintegers are refused: ${error.message}`);
}
