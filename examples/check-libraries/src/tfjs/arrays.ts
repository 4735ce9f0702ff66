import { any, exactly, type Operation, positive } from "../case.js";

const KEEP = [false, true];
const AXES = [undefined, 0, 1, -1, [0, 2], [1, 2]];

const reductions = ["sum", "mean", "prod", "max", "min", "logSumExp"].map(
  (op): Operation => [
    op,
    [any(2, 3, 2)],
    (tf, [x], { axis, keepDims }) => tf[op](x, axis, keepDims),
    { axis: AXES, keepDims: KEEP },
  ],
);

/** Sums and their like, products of matrices, and operations that move elements. */
export const ARRAYS: readonly Operation[] = [
  ...reductions,
  ["prod with a zero", [exactly(2, 0, 3)], (tf, [x]) => tf.prod(x)],
  ["max of equal numbers", [exactly(2, 1, 2)], (tf, [x]) => tf.max(x)],
  ["euclideanNorm at 0", [exactly(0, 0)], (tf, [x]) => tf.euclideanNorm(x)],
  ["norm", [any(2, 3)], (tf, [x], { ord, axis }) => tf.norm(x, ord, axis), { ord: [1, 2, Infinity, -Infinity], axis: [0, 1] }], // biome-ignore format: a line
  ["norm", [any(2, 3)], (tf, [x], { ord }) => tf.norm(x, ord, [0, 1]), { ord: [1, "fro", Infinity] }],
  ["euclideanNorm", [any(2, 3)], (tf, [x], { axis }) => tf.euclideanNorm(x, axis), { axis: [undefined, 0, 1] }],
  ["moments, mean", [any(2, 3)], (tf, [x], { axis }) => tf.moments(x, axis).mean, { axis: [undefined, 0, 1] }],
  ["moments, variance", [any(2, 3)], (tf, [x], { axis }) => tf.moments(x, axis).variance, { axis: [undefined, 0, 1] }],
  ["cumsum", [any(3, 3, 3)], (tf, [x], o) => tf.cumsum(x, o.axis, o.exclusive, o.reverse), { axis: [0, 1, 2], exclusive: KEEP, reverse: KEEP }], // biome-ignore format: a line
  ["cumsum", [any(4)], (tf, [x], o) => tf.cumsum(x, 0, o.exclusive, o.reverse), { exclusive: KEEP, reverse: KEEP }],
  ["cumprod", [any(4)], (tf, [x]) => tf.cumprod(x)],
  ["softmax", [any(2, 3)], (tf, [x]) => tf.softmax(x)],
  ["softmax", [any(2, 2, 3)], (tf, [x]) => tf.softmax(x)],
  ["logSoftmax", [any(2, 3)], (tf, [x]) => tf.logSoftmax(x)],
  ["logSoftmax", [any(2, 2, 3)], (tf, [x]) => tf.logSoftmax(x)],
  ["matMul", [any(2, 3), any(3, 4)], (tf, [a, b]) => tf.matMul(a, b)],
  ["matMul", [any(3, 2), any(3, 4)], (tf, [a, b]) => tf.matMul(a, b, true, false)],
  ["matMul", [any(2, 3), any(4, 3)], (tf, [a, b]) => tf.matMul(a, b, false, true)],
  ["matMul", [any(3, 2), any(4, 3)], (tf, [a, b]) => tf.matMul(a, b, true, true)],
  ["matMul", [any(2, 2, 3), any(2, 3, 2)], (tf, [a, b]) => tf.matMul(a, b)],
  ["matMul", [any(2, 3, 2), any(2, 2, 3)], (tf, [a, b]) => tf.matMul(a, b, true, true)],
  ["matMul", [any(1, 2, 3), any(2, 3, 2)], (tf, [a, b]) => tf.matMul(a, b)],
  ["matMul", [any(2, 2, 3), any(3, 2)], (tf, [a, b]) => tf.matMul(a, b)],
  ["dot", [any(3), any(3)], (tf, [a, b]) => tf.dot(a, b)],
  ["dot", [any(2, 3), any(3)], (tf, [a, b]) => tf.dot(a, b)],
  ["dot", [any(2, 3), any(3, 2)], (tf, [a, b]) => tf.dot(a, b)],
  ["outerProduct", [any(2), any(3)], (tf, [a, b]) => tf.outerProduct(a, b)],
  ["einsum", [any(2, 3), any(3, 4)], (tf, [a, b], { equation }) => tf.einsum(equation, a, b), { equation: ["ij,jk->ik", "ij,jk->ki", "ij,jk->i", "ij,jk->k", "ij,jk->ijk"] }], // biome-ignore format: a line
  ["einsum", [any(2, 3)], (tf, [a], { equation }) => tf.einsum(equation, a), { equation: ["ij->ji", "ij->i", "ij->"] }],
  ["reshape", [any(2, 3)], (tf, [x]) => tf.reshape(x, [3, 2])],
  ["expandDims", [any(2, 3)], (tf, [x], { axis }) => tf.expandDims(x, axis), { axis: [0, 1, 2] }],
  ["squeeze", [any(1, 2, 1, 3)], (tf, [x], { axis }) => tf.squeeze(x, axis), { axis: [undefined, [0], [2]] }],
  ["transpose", [any(2, 3, 4)], (tf, [x], { perm }) => tf.transpose(x, perm), { perm: [undefined, [0, 2, 1], [1, 0, 2], [1, 2, 0], [2, 0, 1]] }], // biome-ignore format: a line
  ["reverse", [any(2, 3, 2)], (tf, [x], { axis }) => tf.reverse(x, axis), { axis: [undefined, 0, 1, 2, [0, 1]] }],
  ["concat", [any(2, 3), any(2, 3), any(2, 3)], (tf, xs, { axis }) => tf.concat(xs, axis), { axis: [0, 1] }],
  ["concat", [any(2, 2, 2), any(2, 2, 2)], (tf, xs, { axis }) => tf.concat(xs, axis), { axis: [0, 1, 2, -1] }],
  ["stack", [any(2, 3), any(2, 3)], (tf, xs, { axis }) => tf.stack(xs, axis), { axis: [0, 1, 2] }],
  ["unstack", [any(2, 3)], (tf, [x], { axis }) => tf.unstack(x, axis)[1], { axis: [0, 1] }],
  ["split", [any(4, 6)], (tf, [x], { axis, parts }) => tf.split(x, parts, axis)[1], { axis: [0, 1], parts: [2] }],
  ["split", [any(4, 6)], (tf, [x]) => tf.split(x, [1, 2, 3], 1)[2]],
  ["slice", [any(3, 4)], (tf, [x]) => tf.slice(x, [1, 1], [2, 2])],
  ["stridedSlice", [any(4, 5)], (tf, [x]) => tf.stridedSlice(x, [0, 1], [4, 5], [2, 2])],
  ["tile", [any(2, 3)], (tf, [x], { reps }) => tf.tile(x, reps), { reps: [[1, 2], [2, 1], [2, 3]] }], // biome-ignore format: a line
  ["tile", [any(3)], (tf, [x]) => tf.tile(x, [2])],
  ["tile", [any(2, 2, 2)], (tf, [x]) => tf.tile(x, [2, 1, 3])],
  ["pad", [any(2, 3)], (tf, [x], { value }) => tf.pad(x, [[1, 0], [0, 2]], value), { value: [0, 1.5] }], // biome-ignore format: a line
  ["pad1d", [any(3)], (tf, [x]) => tf.pad1d(x, [1, 2])],
  ["mirrorPad", [any(3, 3)], (tf, [x], { mode }) => tf.mirrorPad(x, [[1, 1], [0, 2]], mode), { mode: ["reflect", "symmetric"] }], // biome-ignore format: a line
  ["broadcastTo", [any(3)], (tf, [x]) => tf.broadcastTo(x, [2, 3])],
  ["broadcastTo", [any(2, 1)], (tf, [x]) => tf.broadcastTo(x, [2, 3])],
  ["gather", [any(4, 3)], (tf, [x], { axis }) => tf.gather(x, tf.tensor1d([2, 0, 2], "int32"), axis), { axis: [0, 1] }],
  ["gather", [any(2, 3, 2)], (tf, [x], { axis }) => tf.gather(x, tf.tensor1d([1, 0, 1], "int32"), axis), { axis: [0, 1, 2] }], // biome-ignore format: a line
  ["gather, batchDims 1", [any(2, 3)], (tf, [x]) => tf.gather(x, tf.tensor2d([[2, 0], [1, 1]], [2, 2], "int32"), 1, 1)], // biome-ignore format: a line
  ["gatherND", [any(2, 3)], (tf, [x]) => tf.gatherND(x, tf.tensor2d([[1, 2], [0, 0]], [2, 2], "int32"))], // biome-ignore format: a line
  ["scatterND", [any(2, 3)], (tf, [x]) => tf.scatterND(tf.tensor2d([[2], [0]], [2, 1], "int32"), x, [4, 3])],
  ["tensorScatterUpdate", [any(3, 2), any(1, 2)], (tf, [x, y]) => tf.tensorScatterUpdate(x, tf.tensor2d([[1]], [1, 1], "int32"), y)], // biome-ignore format: a line
  ["unsortedSegmentSum", [any(4, 2)], (tf, [x]) => tf.unsortedSegmentSum(x, tf.tensor1d([1, 0, 1, 2], "int32"), 3)],
  ["spaceToBatchND", [any(1, 4, 4, 1)], (tf, [x]) => tf.spaceToBatchND(x, [2, 2], [[0, 0], [0, 0]])], // biome-ignore format: a line
  ["spaceToBatchND", [any(1, 3, 3, 1)], (tf, [x]) => tf.spaceToBatchND(x, [2, 2], [[0, 1], [1, 0]])], // biome-ignore format: a line
  ["batchToSpaceND", [any(4, 2, 2, 1)], (tf, [x], { crops }) => tf.batchToSpaceND(x, [2, 2], crops), { crops: [[[0, 0], [0, 0]], [[1, 0], [0, 1]]] }], // biome-ignore format: a line
  ["depthToSpace", [any(1, 2, 2, 4)], (tf, [x]) => tf.depthToSpace(x, 2, "NHWC")],
  ["diag", [any(3)], (tf, [x]) => tf.diag(x)],
  ["meshgrid", [any(2), any(3)], (tf, [x, y]) => tf.meshgrid(x, y)[1]],
  ["topk", [any(2, 4)], (tf, [x]) => tf.topk(x, 2).values],
  ["linalg.bandPart", [any(3, 4)], (tf, [x]) => tf.linalg.bandPart(x, 1, 1)],
  ["linalg.gramSchmidt", [any(2, 3)], (tf, [x]) => tf.linalg.gramSchmidt(x)],
  ["linalg.qr, R", [positive(3, 2)], (tf, [x]) => tf.linalg.qr(x)[1]],
  ["spectral.rfft, real part", [any(4)], (tf, [x]) => tf.real(tf.spectral.rfft(x))],
  ["spectral.rfft, imaginary part", [any(4)], (tf, [x]) => tf.imag(tf.spectral.rfft(x))],
  ["spectral.fft, real part", [any(4), any(4)], (tf, [x, y]) => tf.real(tf.spectral.fft(tf.complex(x, y)))],
  ["spectral.ifft, real part", [any(4), any(4)], (tf, [x, y]) => tf.real(tf.spectral.ifft(tf.complex(x, y)))],
  ["signal.frame", [any(7)], (tf, [x]) => tf.signal.frame(x, 3, 2)],
  ["signal.stft, abs", [any(8)], (tf, [x]) => tf.abs(tf.signal.stft(x, 4, 2))],
];
