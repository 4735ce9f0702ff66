/** Σ xᵢ². */
export function sumOfSquares(x: ArrayLike<number>): number {
  let sum = 0;
  for (let i = 0; i < x.length; i++) sum += x[i]! * x[i]!;
  return sum;
}

/** Rosenbrock's function (1 − x₀)² + 100 (x₁ − x₀²)². */
export function rosenbrock(x: ArrayLike<number>): number {
  const a = 1 - x[0]!;
  const b = x[1]! - x[0]! * x[0]!;
  return a * a + 100 * (b * b);
}

/** The quadratic form ½ x₀² + 3 x₁² + x₀ x₂ + x₂². */
function unevenBowl(x: ArrayLike<number>): number {
  const [a, b, c] = [x[0]!, x[1]!, x[2]!];
  return 0.5 * a * a + 3 * b * b + a * c + c * c;
}

/** The functions of golden/differences.json. The file names them by these texts. */
export const chapterFunctions: Record<string, (x: ArrayLike<number>) => number> = {
  "sum of x*x": sumOfSquares,
  "(1-x0)^2 + 100*(x1-x0*x0)^2": rosenbrock,
  "0.5*x0*x0 + 3*x1*x1 + x0*x2 + x2*x2": unevenBowl,
};
