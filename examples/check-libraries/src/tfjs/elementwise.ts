import { any, exactly, type Foreign, type Operation, positive, within } from "../case.js";
import {
  ANY,
  type Limits,
  POSITIVE_FIRST,
  POSITIVE_SECOND,
  QUOTIENT_2,
  stretched,
  UNEQUAL,
  withShared,
} from "../elementwise.js";

/** Operations of one tensor, element by element, and where they are differentiable. */
const UNARY = withShared([
  ["clone", -2, 2],
  ["elu", -2, 2],
  ["erf", -2, 2],
  ["logSigmoid", -4, 4],
  ["neg", -2, 2],
  ["onesLike", -2, 2],
  ["reciprocal", 0.3, 2],
  ["reciprocal", -2, -0.3],
  ["relu", -2, 2],
  ["relu6", -3, 9],
  ["round", -2, 2],
  ["rsqrt", 0.2, 3],
  ["selu", -2, 2],
  ["sigmoid", -4, 4],
  ["softplus", -4, 4],
  ["step", -2, 2],
  ["zerosLike", -2, 2],
]);

const BINARY: readonly (readonly [op: string, limits: Limits])[] = [
  ["add", ANY],
  ["atan2", POSITIVE_FIRST],
  ["div", POSITIVE_SECOND],
  ["divNoNan", POSITIVE_SECOND],
  ["floorDiv", QUOTIENT_2],
  ["maximum", UNEQUAL],
  ["minimum", UNEQUAL],
  ["mod", QUOTIENT_2],
  ["mul", ANY],
  ["pow", POSITIVE_FIRST],
  ["squaredDifference", UNEQUAL],
  ["sub", ANY],
];

const unary = UNARY.map(
  ([op, low, high]): Operation => [op, [within(low, high, 2, 3)], (tf: Foreign, [x]) => tf[op](x)],
);

const binary = BINARY.flatMap(([op, limits]) =>
  stretched(limits).map((inputs): Operation => [op, inputs, (tf, [x, y]) => tf[op](x, y)]),
);

/** Operations that work element by element. */
export const ELEMENTWISE: readonly Operation[] = [
  ...unary,
  ...binary,
  ["addN", [any(2, 3), any(2, 3), any(2, 3)], (tf, xs) => tf.addN(xs)],
  ["clipByValue", [any(2, 4)], (tf, [x]) => tf.clipByValue(x, -0.5, 0.75)],
  ["cast", [any(2, 3)], (tf, [x]) => tf.cast(x, "float32")],
  ["leakyRelu", [any(2, 4)], (tf, [x], { alpha }) => tf.leakyRelu(x, alpha), { alpha: [0.2, 0, -0.5] }],
  ["prelu", [any(2, 4), positive(4)], (tf, [x, alpha]) => tf.prelu(x, alpha)],
  ["prelu", [any(2, 4), positive(2, 4)], (tf, [x, alpha]) => tf.prelu(x, alpha)],
  ["pow", [any(2, 3)], (tf, [x], { exponent }) => tf.pow(x, tf.scalar(exponent)), { exponent: [1, 2, 3] }],
  ["pow", [positive(2, 3)], (tf, [x], { exponent }) => tf.pow(x, tf.scalar(exponent)), { exponent: [-1, 0.5, 2.5] }],
  ["pow at 0", [exactly(0)], (tf, [x], { exponent }) => tf.pow(x, tf.scalar(exponent)), { exponent: [1, 2, 3] }],
  ["step", [any(2, 3)], (tf, [x]) => tf.step(x, 0.5)],
  ["where", [any(2, 3), any(2, 3)], (tf, [x, y]) => tf.where(tf.tensor([[1, 0, 1], [0, 0, 1]], [2, 3], "bool"), x, y)], // biome-ignore format: a line
  ["abs of complex", [positive(2, 3), any(2, 3)], (tf, [x, y]) => tf.abs(tf.complex(x, y))],
  ["real", [any(2, 3), any(2, 3)], (tf, [x, y]) => tf.real(tf.complex(x, y))],
  ["imag", [any(2, 3), any(2, 3)], (tf, [x, y]) => tf.imag(tf.complex(x, y))],
  ["dropout", [any(3, 4)], (tf, [x]) => tf.dropout(x, 0.4, undefined, 7)],
  // At a kink, any slope between the two is a subgradient.
  ["abs at 0", [exactly(-1, 0, 1)], (tf, [x]) => tf.abs(x)],
  ["relu at 0", [exactly(-1, 0, 1)], (tf, [x]) => tf.relu(x)],
  ["relu6 at 0 and 6", [exactly(0, 3, 6)], (tf, [x]) => tf.relu6(x)],
  ["leakyRelu at 0", [exactly(-1, 0, 1)], (tf, [x]) => tf.leakyRelu(x, 0.2)],
  ["elu at 0", [exactly(-1, 0, 1)], (tf, [x]) => tf.elu(x)],
  ["selu at 0", [exactly(-1, 0, 1)], (tf, [x]) => tf.selu(x)],
  ["clipByValue at its limits", [exactly(-1, 0, 1)], (tf, [x]) => tf.clipByValue(x, -1, 1)],
  ["maximum of equal numbers", [exactly(1, 2), exactly(1, 1)], (tf, [x, y]) => tf.maximum(x, y)],
  ["minimum of equal numbers", [exactly(1, 2), exactly(1, 1)], (tf, [x, y]) => tf.minimum(x, y)],
  ["prelu at 0", [exactly(-1, 0, 1), exactly(0.2, 0.3, 0.4)], (tf, [x, alpha]) => tf.prelu(x, alpha)],
  ["floor at 1", [exactly(0.5, 1)], (tf, [x]) => tf.floor(x)],
  ["sign at 0", [exactly(-1, 0)], (tf, [x]) => tf.sign(x)],
];
