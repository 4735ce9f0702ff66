// Section 4.4.1: many steps against the gradient.
import { gradientDescent } from "numgrad";
import { heading, inFull, print } from "./print.js";

heading("8  Gradient descent");

const function2 = (x: ArrayLike<number>) => x[0] ** 2 + x[1] ** 2;
const initX = [-3.0, 4.0];

function descend(what: string, learningRate: number): void {
  // x = x - learningRate * numericalGradient(f, x), a hundred times
  const { x, history } = gradientDescent(function2, initX, { learningRate, steps: 100 });
  print(`\nlearning rate ${learningRate}: ${what}`);
  for (const step of [0, 1, 2, 5, 10, 20]) print(`  step ${String(step).padStart(2)} `, history[step]);
  print("  step 100", x, "=", inFull(x));
}

print("x₀² + x₁², whose lowest place is (0, 0), from (-3, 4)");
descend("arrives", 0.1);
// Each step overshoots by more than the last, until x is so large that x + h is x, and every difference is 0.
descend("too large", 10.0);
descend("too small, a hundred steps lead nowhere", 1e-10);

// The notes start at (3, 4). The book's code changes the array that it receives; gradientDescent does not.
const start = new Float64Array([3.0, 4.0]);
const { x } = gradientDescent(function2, start, { learningRate: 0.1, steps: 100 });
print("\nfrom (3, 4), learning rate 0.1");
print("  step 100", x, "=", inFull(x));
print("  the start is still", start);
print("figure: docs/figures/descent-light.svg (npm run figures)");
