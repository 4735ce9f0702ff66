// Section 4.3.3: a function of two numbers has a slope for each of them.
import { numericalDiff, partialDerivative } from "numgrad";
import { heading, print } from "./print.js";

heading("6  Partial derivatives");

const function2 = (x: number[]) => x[0] ** 2 + x[1] ** 2;

// The book's way: if the other number is constant, f is a function of one number.
const functionTmp1 = (x0: number) => x0 * x0 + 4.0 ** 2.0;
const functionTmp2 = (x1: number) => 3.0 ** 2.0 + x1 * x1;
print("f(x₀, x₁) = x₀² + x₁² at (3, 4)");
print("  ∂f/∂x₀ = 6:", numericalDiff(functionTmp1, 3.0));
print("  ∂f/∂x₁ = 8:", numericalDiff(functionTmp2, 4.0));

// partialDerivative does the same without a function for each number.
print("in one go");
print("  ∂f/∂x₀ = 6:", partialDerivative(function2, [3.0, 4.0], 0));
print("  ∂f/∂x₁ = 8:", partialDerivative(function2, [3.0, 4.0], 1));
