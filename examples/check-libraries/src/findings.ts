/** A fault of a library that was verified by hand. */
export interface Finding {
  readonly library: string;
  /** The operations that it concerns. */
  readonly operations: RegExp;
  /** The backends that have it; all by default. */
  readonly backends?: readonly string[];
  readonly title: string;
  /** What is right for the smallest input, by hand arithmetic. */
  readonly arithmetic: string;
}

/** The faults that were found with the pinned versions. `y` is the output, all indices begin at 0. */
export const FINDINGS: readonly Finding[] = [
  {
    library: "TensorFlow.js",
    operations: /^floorDiv$/,
    title: "floorDiv has the gradient of a division",
    arithmetic:
      "floorDiv(a, b) = floor(a/b). floorDiv(1, 2) = floor(0.5) = 0, and it stays 0 if a or b moves a little: both derivatives are 0. The gradient given is (1/b, −a/b²), that of a/b: for a = 1, b = 2 it is (0.5, −0.25).",
  },
  {
    library: "TensorFlow.js",
    operations: /^euclideanNorm at 0$/,
    title: "euclideanNorm is NaN at the zero vector",
    arithmetic:
      "‖x‖ of one number is |x|, whose slopes at 0 are −1 and 1. Every number between them is a subgradient, 0 for instance. The gradient is x/‖x‖ = 0/0 = NaN, and an optimizer that takes a step with it has NaN weights.",
  },
  {
    library: "TensorFlow.js",
    operations: /^cumsum$/,
    title: "cumsum along any axis but the last",
    arithmetic:
      "For a 2×2 matrix x and axis 0: y[0,1] = x[0,1], so dy[0,1]/dx is 1 at [0,1] and 0 elsewhere. The gradient given has its 1 at [1,0]: it is transposed, because the backward cumsum permutes the axes and does not permute them back with the inverse permutation. For shapes with different sides it throws instead, because the shape of the gradient is wrong.",
  },
  {
    library: "TensorFlow.js",
    operations: /^mirrorPad$/,
    title: "mirrorPad gives nothing to the padding's sources",
    arithmetic:
      "symmetric, x = (a, b), one column on the left: y = (a, a, b, …). The padded y[0] is a, so dy[0]/da = 1. The gradient given is 0: only the slice of y in the middle is passed back. The elements of which the padding is a copy must have its gradient added.",
  },
  {
    library: "TensorFlow.js",
    operations: /^avgPool(3d)?$/,
    title: "avgPool with padding divides by the whole window",
    arithmetic:
      "x is one number, its window is 2 by 2, pad “same”: the window contains one number of x, and the forward pass divides by 1, so y = x and dy/dx = 1. The gradient given is 1/4, as if the padding were counted (1/9 for 3 by 3, 1/8 for 2 by 2 by 2).",
  },
  {
    library: "TensorFlow.js",
    operations: /^image\.resizeBilinear$/,
    title: "resizeBilinear with halfPixelCenters has the weights without them",
    arithmetic:
      "From 3 rows to 2, output 0 is at (0 + 0.5)·3/2 − 0.5 = 0.25, so its weights in one dimension are 0.75 and 0.25, and dy[0,0]/dx is 0.75² = 0.5625, 0.1875, 0.1875, 0.0625. The gradient given is 1 at [0,0]: output 0 is at 0·3/2 = 0 without half-pixel centres. The gradient does not know of the option.",
  },
  {
    library: "TensorFlow.js",
    operations: /^image\.resizeNearestNeighbor$/,
    title: "resizeNearestNeighbor with halfPixelCenters has the pixel without them",
    arithmetic:
      "From 3 columns to 2, output 1 is at floor((1 + 0.5)·3/2) = floor(2.25) = 2, so y[1] = x[2]. The gradient given has its 1 at x[1] = floor(1·3/2).",
  },
  {
    library: "TensorFlow.js",
    operations: /^losses\.softmaxCrossEntropy$/,
    title: "softmaxCrossEntropy by its labels",
    arithmetic:
      "One class: softmax(z) = 1, so the loss is −t·log 1 = 0 for every label t and logit z, and both derivatives are 0. For t = 0 the gradient given is (−1, 1): it is t − softmax(z) by the label, where −logSoftmax(z) is right, and softmax(z) − t by the logit, where Σt·softmax(z) − t is right. So by the logits it is right only where the labels of a row add up to 1.",
  },
  {
    library: "TensorFlow.js",
    backends: ["wasm"],
    operations: /^conv3d$/,
    title: "conv3d on wasm: no gradient of outputs beyond the filter's depth",
    arithmetic:
      "x = (0, 0), filter w = 1 of size 1: y = (w·x₀, w·x₁), so dy₁/dx₁ = w = 1. The gradient given is 0: by x it has only the outputs whose place in depth is smaller than the filter's depth, here y₀. For the sum of the three outputs of four numbers and the filter (1, 1) it is (1, 2, 1, 0) instead of (1, 2, 2, 1).",
  },
  {
    library: "TensorFlow.js",
    backends: ["wasm"],
    operations: /^dilation2d$/,
    title: "dilation2d on wasm: values below 0 become 1.18e-38",
    arithmetic:
      "y = x + w = 0 + (−1) = −1, with the derivatives 1 and 1. The gradient given is right, the value is wrong: it is 1.1754943508222875e-38, the smallest positive normal float32, with which the kernel's search for the maximum begins where it should begin with −∞.",
  },
  {
    library: "TensorFlow.js",
    backends: ["wasm"],
    operations: /^fused\.matMul$/,
    title: "fused.matMul with a bias on wasm: the bias of another column",
    arithmetic:
      "a, b are zero matrices of 2 by 2, both transposed, so y[i,j] = bias[j], and y[1,0] = bias[0]: its derivative by bias[0] is 1. The gradient given is right, the value is wrong: y[1,0] moves with bias[1]. With a = ((1, 2), (3, 4)), b = ((5, 6), (7, 8)) and the bias (10, 20), aᵀbᵀ = ((23, 31), (34, 46)), so y = ((33, 51), (44, 66)); wasm gives 54 instead of 44.",
  },
  {
    library: "TensorFlow.js",
    backends: ["wasm"],
    operations: /^maxPool(, negative)?$/,
    title: "maxPool on wasm: windows without a positive number",
    arithmetic:
      "x = (−2, −1, −4, −3), windows (−2, −1) and (−4, −3): the maxima are at the places 1 and 3, so dy₀/dx = (0, 1, 0, 0) and dy₁/dx = (0, 0, 0, 1). Those given are (1, 0, 0, 0) and zeros: the search for the maximum begins at place 0 of x with the smallest positive normal float32, and no number of the windows is larger. So place 0 has the gradient of each such window that contains it, and those of the others are lost, also where the maximum is 0.",
  },
  {
    library: "jax-js",
    operations: /^(cum)?prod with a zero$/,
    title: "prod and cumprod are NaN with a zero",
    arithmetic:
      "prod(x) of one number is x, with the derivative 1 also at 0; for (2, 0, 3) it is (0, 6, 0). The gradient is computed as prod/xᵢ = 0/0 = NaN.",
  },
  {
    library: "jax-js",
    operations: /^power at 0$/,
    title: "power is NaN at 0",
    arithmetic:
      "x¹ has the derivative 1 at 0, x² and x³ have 0. The power is computed as exp(n·log x), whose derivative at 0 is 0·(n/0) = NaN.",
  },
  {
    library: "jax-js",
    operations: /^sinc at 0$/,
    title: "sinc is NaN at 0",
    arithmetic:
      "sinc(x) = 1 − (πx)²/6 + …, so its derivative at 0 is 0. The value at 0 is right, by `where`; the derivative of the branch not taken, sin(πx)/(πx), is 0/0, and 0·NaN = NaN reaches the result.",
  },
  {
    library: "jax-js",
    operations: /^large arguments: nn\.(sigmoid|silu)$/,
    title: "sigmoid and silu are NaN from about −89 on",
    arithmetic:
      "sigmoid(−100) = 3.7e-44, and its derivative s(1 − s) is the same number, 0 in float32 or nearly. exp(100) overflows float32 to ∞, and the derivative of 1/(1 + e) is −1/∞²·∞ = 0·∞ = NaN.",
  },
  {
    library: "mathjs",
    operations: /^acoth\(x\)$/,
    title: "acoth has the wrong sign",
    arithmetic:
      "acoth(x) = ½·ln((x + 1)/(x − 1)), whose derivative is 1/(1 − x²): at 2 it is −1/3 (acoth falls: acoth 2 = 0.549, acoth 3 = 0.347). mathjs gives 1/|1 − x²| = +1/3.",
  },
  {
    library: "mathjs",
    operations: /^(cbrt\(x\)|nthRoot\(x, 3\))$/,
    title: "cbrt and nthRoot of negative numbers: a complex derivative of a real function",
    arithmetic:
      "mathjs evaluates cbrt(−1) and nthRoot(−1, 3) to the real root −1. The derivative of the real root at −1 is 1/(3·(−1)^(2/3)) = 1/3, with the real root. mathjs gives 1/(3·x^(2/3)), and its x^(2/3) is the principal complex power, so at −1 it is −0.167 − 0.289 i.",
  },
];

/** The finding that explains a wrong gradient. */
export function findingOf(library: string, backend: string, op: string): Finding | undefined {
  return FINDINGS.find(
    (finding) =>
      finding.library === library && (finding.backends?.includes(backend) ?? true) && finding.operations.test(op),
  );
}
