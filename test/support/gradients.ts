/** Four arrays by the names that they have in the golden files, row by row. */
export interface GoldenGradients {
  W1: number[][];
  b1: number[];
  W2: number[][];
  b2: number[];
}

/** A network of small-net.json. */
export interface SmallNet {
  shape: [number, number, number];
  batch: number;
  params: GoldenGradients;
  x: number[][];
  labels: number[];
  onehot: number[][];
  predict: number[][];
  loss: number;
  accuracy: number;
  numerical_gradient: GoldenGradients;
  gradient: GoldenGradients;
  exact_quotient: GoldenGradients;
}

/** All numbers in one array, in the order w1, b1, w2, b2. */
export const flatten = ({ W1, b1, W2, b2 }: GoldenGradients) => [...W1.flat(), ...b1, ...W2.flat(), ...b2];
