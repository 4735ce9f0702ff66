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

/** Operations of one array, element by element, and where they are differentiable. */
const UNARY = withShared([
  ["cbrt", 0.2, 3],
  ["cbrt", -3, -0.2],
  ["deg2rad", -2, 2],
  ["exp2", -2, 2],
  ["log10", 0.2, 3],
  ["log2", 0.2, 3],
  ["negative", -2, 2],
  ["positive", -2, 2],
  ["rad2deg", -2, 2],
  ["reciprocal", 0.3, 2],
  ["reciprocal", -2, -0.3],
  ["rint", -2, 2],
  ["sinc", 0.2, 2],
  ["trunc", -2, 2],
]);

const ACTIVATIONS = [
  "celu",
  "elu",
  "gelu",
  "hardSigmoid",
  "hardSilu",
  "hardSwish",
  "hardTanh",
  "leakyRelu",
  "logSigmoid",
  "mish",
  "relu",
  "relu6",
  "selu",
  "sigmoid",
  "silu",
  "softSign",
  "softplus",
  "sparsePlus",
  "sparseSigmoid",
  "squareplus",
  "swish",
];

const BINARY: readonly (readonly [op: string, limits: Limits])[] = [
  ["add", ANY],
  ["atan2", POSITIVE_FIRST],
  ["divide", POSITIVE_SECOND],
  ["fmod", QUOTIENT_2],
  ["hypot", POSITIVE_FIRST],
  ["logaddexp", UNEQUAL],
  ["logaddexp2", UNEQUAL],
  ["maximum", UNEQUAL],
  ["minimum", UNEQUAL],
  ["multiply", ANY],
  ["power", POSITIVE_FIRST],
  ["remainder", QUOTIENT_2],
  ["subtract", ANY],
];

const AXES = [null, 0, 1, -1];
const KEEP = [false, true];

const unary = UNARY.map(
  ([op, low, high]): Operation => [op, [within(low, high, 2, 3)], (jax: Foreign, [x]) => jax.numpy[op](x)],
);
const activations = ACTIVATIONS.map(
  (op): Operation => [`nn.${op}`, [within(-4, 4, 2, 4)], (jax, [x]) => jax.nn[op](x)],
);
const binary = BINARY.flatMap(([op, limits]) =>
  stretched(limits).map((inputs): Operation => [op, inputs, (jax, [x, y]) => jax.numpy[op](x, y)]),
);
const reductions = ["sum", "mean", "prod", "max", "min", "ptp", "std", "var_"].map(
  (op): Operation => [
    op,
    [any(3, 3)],
    (jax, [x], { axis, keepdims }) => jax.numpy[op](x, axis, { keepdims }),
    { axis: AXES, keepdims: KEEP },
  ],
);

/** Operations of jax-js. */
export const OPERATIONS: readonly Operation[] = [
  ...unary,
  ...activations,
  ...binary,
  ...reductions,
  ["prod with a zero", [exactly(2, 0, 3)], (jax, [x]) => jax.numpy.prod(x)],
  ["power at 0", [exactly(0)], (jax, [x], { exponent }) => jax.numpy.power(x, exponent), { exponent: [1, 2, 3] }],
  ["power of negative", [within(-2, -0.5, 3)], (jax, [x], { exponent }) => jax.numpy.power(x, exponent), { exponent: [1, 2, 3] }], // biome-ignore format: a line
  ["power, exponent 0", [positive(3)], (jax, [x]) => jax.numpy.power(x, 0)],
  ["cbrt of negative and positive", [exactly(-1, 8)], (jax, [x]) => jax.numpy.cbrt(x)],
  ["sinc at 0", [exactly(0, 0.5)], (jax, [x]) => jax.numpy.sinc(x)],
  ["hypot at (0, 3)", [exactly(0), exactly(3)], (jax, [x, y]) => jax.numpy.hypot(x, y)],
  ["abs at 0", [exactly(-1, 0, 1)], (jax, [x]) => jax.numpy.abs(x)],
  ["relu at 0", [exactly(-1, 0, 1)], (jax, [x]) => jax.nn.relu(x)],
  ["max of equal numbers", [exactly(2, 1, 2)], (jax, [x]) => jax.numpy.max(x)],
  ["maximum of equal numbers", [exactly(1, 2), exactly(1, 1)], (jax, [x, y]) => jax.numpy.maximum(x, y)],
  ["logaddexp of equal numbers", [exactly(1, 2), exactly(1, 1)], (jax, [x, y]) => jax.numpy.logaddexp(x, y)],
  ["squareplus at 0", [exactly(0, 1)], (jax, [x]) => jax.nn.squareplus(x)],
  ["large arguments: nn.softplus", [exactly(-30, 30, 100)], (jax, [x]) => jax.nn.softplus(x)],
  ["large arguments: nn.logSigmoid", [exactly(-100, -30, 30)], (jax, [x]) => jax.nn.logSigmoid(x)],
  ["large arguments: nn.sigmoid", [exactly(-100, 0, 100)], (jax, [x]) => jax.nn.sigmoid(x)],
  ["large arguments: nn.mish", [exactly(-30, 0, 60)], (jax, [x]) => jax.nn.mish(x)],
  ["large arguments: nn.silu", [exactly(-100, 0, 100)], (jax, [x]) => jax.nn.silu(x)],
  ["large arguments: tanh", [exactly(-50, 0, 50)], (jax, [x]) => jax.numpy.tanh(x)],
  ["large arguments: nn.softmax", [exactly(-100, 0, 100)], (jax, [x]) => jax.nn.softmax(x)],
  ["large arguments: nn.logsumexp", [exactly(-100, 0, 100)], (jax, [x]) => jax.nn.logsumexp(x)],
  ["clip", [any(2, 4)], (jax, [x]) => jax.numpy.clip(x, -0.5, 0.75)],
  ["lax.erf", [any(2, 3)], (jax, [x]) => jax.lax.erf(x)],
  ["lax.erfc", [any(2, 3)], (jax, [x]) => jax.lax.erfc(x)],
  ["scipySpecial.logit", [within(0.1, 0.9, 2, 3)], (jax, [x]) => jax.scipySpecial.logit(x)],
  ["nn.glu", [any(2, 4)], (jax, [x]) => jax.nn.glu(x, -1)],
  ["nn.softmax", [any(2, 3)], (jax, [x], { axis }) => jax.nn.softmax(x, axis), { axis: [0, 1] }],
  ["nn.logSoftmax", [any(2, 3)], (jax, [x], { axis }) => jax.nn.logSoftmax(x, axis), { axis: [0, 1] }],
  ["nn.logsumexp", [any(2, 3)], (jax, [x], { axis }) => jax.nn.logsumexp(x, axis), { axis: [0, 1] }],
  ["nn.logmeanexp", [any(2, 3)], (jax, [x], { axis }) => jax.nn.logmeanexp(x, axis), { axis: [0, 1] }],
  ["nn.standardize", [any(3, 3)], (jax, [x], { axis }) => jax.nn.standardize(x, axis), { axis: [0, 1] }],
  ["nn.dotProductAttention", [any(1, 3, 1, 2), any(1, 3, 1, 2), any(1, 3, 1, 2)], (jax, [q, k, v]) => jax.nn.dotProductAttention(q, k, v)], // biome-ignore format: a line
  ["cumsum", [any(3, 3)], (jax, [x], { axis }) => jax.numpy.cumsum(x, axis), { axis: [0, 1] }],
  ["cumprod", [any(3, 3)], (jax, [x], { axis }) => jax.numpy.cumprod(x, axis), { axis: [0, 1] }],
  ["cumprod with a zero", [exactly(2, 0, 3)], (jax, [x]) => jax.numpy.cumprod(x)],
  ["diff", [any(2, 4)], (jax, [x]) => jax.numpy.diff(x)],
  ["matmul", [any(2, 3), any(3, 4)], (jax, [a, b]) => jax.numpy.matmul(a, b)],
  ["matmul", [any(2, 2, 3), any(2, 3, 2)], (jax, [a, b]) => jax.numpy.matmul(a, b)],
  ["dot", [any(3), any(3)], (jax, [a, b]) => jax.numpy.dot(a, b)],
  ["inner", [any(2, 3), any(2, 3)], (jax, [a, b]) => jax.numpy.inner(a, b)],
  ["outer", [any(2), any(3)], (jax, [a, b]) => jax.numpy.outer(a, b)],
  ["cross", [any(3), any(3)], (jax, [a, b]) => jax.numpy.cross(a, b)],
  ["einsum", [any(2, 3), any(3, 4)], (jax, [a, b], { equation }) => jax.numpy.einsum(equation, a, b), { equation: ["ij,jk->ik", "ij,jk->ki", "ij,jk->i"] }], // biome-ignore format: a line
  ["tensordot", [any(2, 3), any(3, 2)], (jax, [a, b]) => jax.numpy.tensordot(a, b, 1)],
  ["convolve", [any(5), any(3)], (jax, [a, b], { mode }) => jax.numpy.convolve(a, b, mode), { mode: ["full", "same", "valid"] }], // biome-ignore format: a line
  ["correlate", [any(5), any(3)], (jax, [a, b]) => jax.numpy.correlate(a, b, "full")],
  ["reshape", [any(2, 3)], (jax, [x]) => jax.numpy.reshape(x, [3, 2])],
  ["transpose", [any(2, 3, 2)], (jax, [x], { axes }) => jax.numpy.transpose(x, axes), { axes: [[0, 2, 1], [2, 0, 1]] }], // biome-ignore format: a line
  ["flip", [any(2, 3)], (jax, [x], { axis }) => jax.numpy.flip(x, axis), { axis: [0, 1] }],
  ["roll", [any(5)], (jax, [x]) => jax.numpy.roll(x, 2)],
  ["rot90", [any(2, 3)], (jax, [x]) => jax.numpy.rot90(x)],
  ["concatenate", [any(2, 3), any(2, 3)], (jax, xs, { axis }) => jax.numpy.concatenate(xs, axis), { axis: [0, 1] }],
  ["stack", [any(2, 3), any(2, 3)], (jax, xs, { axis }) => jax.numpy.stack(xs, axis), { axis: [0, 1] }],
  ["tile", [any(2, 3)], (jax, [x]) => jax.numpy.tile(x, [2, 2])],
  ["repeat", [any(3)], (jax, [x]) => jax.numpy.repeat(x, 2)],
  ["pad", [any(2, 3)], (jax, [x]) => jax.numpy.pad(x, [[1, 0], [0, 2]])], // biome-ignore format: a line
  ["broadcastTo", [any(3)], (jax, [x]) => jax.numpy.broadcastTo(x, [2, 3])],
  ["take", [any(4, 3)], (jax, [x], { axis }) => jax.numpy.take(x, jax.numpy.array([2, 0, 2], { dtype: "int32" }), axis), { axis: [0, 1] }], // biome-ignore format: a line
  ["sort", [any(5)], (jax, [x]) => jax.numpy.sort(x)],
  ["tril", [any(3, 3)], (jax, [x]) => jax.numpy.tril(x)],
  ["triu", [any(3, 3)], (jax, [x]) => jax.numpy.triu(x)],
  ["trace", [any(3, 3)], (jax, [x]) => jax.numpy.trace(x)],
  ["diag", [any(3)], (jax, [x]) => jax.numpy.diag(x)],
  ["diagonal", [any(3, 3)], (jax, [x]) => jax.numpy.diagonal(x)],
  ["trapezoid", [any(5)], (jax, [x]) => jax.numpy.trapezoid(x)],
  ["polyval", [any(3), any(2)], (jax, [p, x]) => jax.numpy.polyval(p, x)],
  ["cov", [any(2, 4)], (jax, [x]) => jax.numpy.cov(x)],
  ["corrcoef", [any(2, 4)], (jax, [x]) => jax.numpy.corrcoef(x)],
  ["linalg.det", [any(3, 3)], (jax, [x]) => jax.numpy.linalg.det(x)],
  ["linalg.inv", [positive(2, 2)], (jax, [x]) => jax.numpy.linalg.inv(x)],
  ["linalg.norm", [any(2, 3)], (jax, [x]) => jax.numpy.linalg.norm(x)],
  ["linalg.solve", [{ ...any(2, 2), values: [2, 0.5, -0.4, 1.5] }, any(2, 1)], (jax, [a, b]) => jax.numpy.linalg.solve(a, b)], // biome-ignore format: a line
  ["linalg.slogdet", [{ ...any(2, 2), values: [2, 0.5, -0.4, 1.5] }], (jax, [a]) => jax.numpy.linalg.slogdet(a)[1]],
  ["linalg.matrixPower", [any(2, 2)], (jax, [x]) => jax.numpy.linalg.matrixPower(x, 3)],
  ["lax.conv", [any(1, 2, 4, 4), any(2, 2, 2, 2)], (jax, [x, w], { padding }) => jax.lax.conv(x, w, [1, 1], padding), { padding: ["VALID", "SAME"] }], // biome-ignore format: a line
  ["lax.conv, strided", [any(1, 1, 5, 5), any(1, 1, 2, 2)], (jax, [x, w]) => jax.lax.conv(x, w, [2, 2], "VALID")],
  ["where", [any(3), any(3)], (jax, [x, y]) => jax.numpy.where(jax.numpy.array([true, false, true]), x, y)],
];
