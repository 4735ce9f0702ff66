import { any, exactly, type Input, type Operation, positive, within } from "../case.js";

const PADS = ["valid", "same"];

/** Numbers whose windows are all negative. */
const negative = (...shape: number[]): Input => within(-2, -0.3, ...shape);

/** The input of a pool, which has at least three rows and columns. */
const pooled = (input: Input): Input => ({ ...input, least: [1, 3, 3, 1] });

/** Fused activations of convolutions and products. */
const ACTIVATIONS = ["linear", "relu", "relu6", "elu", "leakyrelu", "sigmoid"];

/** Convolutions, pooling, images, normalization. */
export const NETWORKS: readonly Operation[] = [
  ["conv1d", [any(1, 6, 2), any(3, 2, 2)], (tf, [x, w], { stride, pad }) => tf.conv1d(x, w, stride, pad), { stride: [1, 2], pad: PADS }], // biome-ignore format: a line
  ["conv2d", [any(1, 5, 5, 2), any(3, 3, 2, 2)], (tf, [x, w], { strides, pad }) => tf.conv2d(x, w, strides, pad), { strides: [1, 2, [1, 2]], pad: [...PADS, 1] }], // biome-ignore format: a line
  ["conv2d", [any(1, 5, 5, 1), any(2, 2, 1, 2)], (tf, [x, w], { pad }) => tf.conv2d(x, w, 1, pad), { pad: PADS }],
  ["conv2d, 1 by 1", [any(2, 3, 3, 2), any(1, 1, 2, 3)], (tf, [x, w]) => tf.conv2d(x, w, 1, "valid")],
  ["conv2d, dilated", [any(1, 5, 5, 1), any(2, 2, 1, 1)], (tf, [x, w]) => tf.conv2d(x, w, 1, "valid", "NHWC", 2)],
  ["conv2d, explicit pad", [any(1, 4, 4, 1), any(2, 2, 1, 1)], (tf, [x, w]) => tf.conv2d(x, w, 1, [[0, 0], [1, 0], [0, 2], [0, 0]])], // biome-ignore format: a line
  ["conv2dTranspose", [any(1, 3, 3, 2), any(2, 2, 1, 2)], (tf, [x, w]) => tf.conv2dTranspose(x, w, [1, 4, 4, 1], 1, "valid")], // biome-ignore format: a line
  ["conv2dTranspose", [any(1, 2, 2, 1), any(3, 3, 1, 1)], (tf, [x, w]) => tf.conv2dTranspose(x, w, [1, 4, 4, 1], 2, "same")], // biome-ignore format: a line
  ["conv3d", [any(1, 3, 3, 3, 1), any(2, 2, 2, 1, 2)], (tf, [x, w], { pad }) => tf.conv3d(x, w, 1, pad), { pad: PADS }],
  ["conv3dTranspose", [any(1, 2, 2, 2, 1), any(2, 2, 2, 1, 1)], (tf, [x, w]) => tf.conv3dTranspose(x, w, [1, 3, 3, 3, 1], 1, "valid")], // biome-ignore format: a line
  ["depthwiseConv2d", [any(1, 4, 4, 2), any(2, 2, 2, 2)], (tf, [x, w], { strides, pad }) => tf.depthwiseConv2d(x, w, strides, pad), { strides: [1, 2], pad: PADS }], // biome-ignore format: a line
  ["depthwiseConv2d", [any(1, 4, 4, 1), any(3, 3, 1, 1)], (tf, [x, w]) => tf.depthwiseConv2d(x, w, 1, "same")],
  ["depthwiseConv2d, dilated", [any(1, 5, 5, 1), any(2, 2, 1, 1)], (tf, [x, w]) => tf.depthwiseConv2d(x, w, 1, "valid", "NHWC", 2)], // biome-ignore format: a line
  ["separableConv2d", [any(1, 4, 4, 2), any(2, 2, 2, 1), any(1, 1, 2, 3)], (tf, [x, d, p], { pad }) => tf.separableConv2d(x, d, p, 1, pad), { pad: PADS }], // biome-ignore format: a line
  ["dilation2d", [any(1, 4, 4, 1), any(2, 2, 1)], (tf, [x, w], { pad }) => tf.dilation2d(x, w, 1, pad), { pad: PADS }],
  ["fused.conv2d", [any(1, 4, 4, 2), any(2, 2, 2, 2), any(2)], (tf, [x, filter, bias], { activation }) => tf.fused.conv2d({ x, filter, bias, strides: 1, pad: "valid", activation, leakyreluAlpha: 0.2 }), { activation: ACTIVATIONS }], // biome-ignore format: a line
  ["fused.depthwiseConv2d", [any(1, 4, 4, 2), any(2, 2, 2, 1), any(2)], (tf, [x, filter, bias], { activation }) => tf.fused.depthwiseConv2d({ x, filter, bias, strides: 1, pad: "valid", activation }), { activation: ["linear", "relu"] }], // biome-ignore format: a line
  ["fused.matMul", [any(2, 3), any(3, 4), any(4)], (tf, [a, b, bias], { activation }) => tf.fused.matMul({ a, b, bias, activation, leakyreluAlpha: 0.2 }), { activation: ACTIVATIONS }], // biome-ignore format: a line
  ["fused.matMul", [any(3, 2), any(4, 3), any(4)], (tf, [a, b, bias]) => tf.fused.matMul({ a, b, bias, transposeA: true, transposeB: true })], // biome-ignore format: a line
  ["maxPool", [pooled(any(1, 4, 4, 2))], (tf, [x], { size, strides, pad }) => tf.maxPool(x, size, strides, pad), { size: [2, 3], strides: [1, 2], pad: [...PADS, 1] }], // biome-ignore format: a line
  ["maxPool, negative", [pooled(negative(1, 4, 4, 1))], (tf, [x], { size, strides, pad }) => tf.maxPool(x, size, strides, pad), { size: [2, 3], strides: [1, 2], pad: PADS }], // biome-ignore format: a line
  ["avgPool", [any(1, 4, 4, 2)], (tf, [x], { size, strides, pad }) => tf.avgPool(x, size, strides, pad), { size: [2, 3], strides: [1, 2], pad: [...PADS, 1] }], // biome-ignore format: a line
  [
    "maxPool3d",
    [{ ...any(1, 3, 3, 3, 1), least: [1, 3, 3, 3, 1] }],
    (tf, [x], { pad }) => tf.maxPool3d(x, 2, 1, pad),
    { pad: PADS },
  ],
  ["avgPool3d", [any(1, 3, 3, 3, 1)], (tf, [x], { pad }) => tf.avgPool3d(x, 2, 1, pad), { pad: PADS }],
  ["pool", [pooled(any(1, 5, 5, 1))], (tf, [x], { type, dilations }) => tf.pool(x, 2, type, "valid", dilations, 1), { type: ["avg", "max"], dilations: [1, 2] }], // biome-ignore format: a line
  ["maxPool of equal numbers", [{ ...any(1, 1, 2, 1), values: [1, 1], least: [1, 1, 2, 1] }], (tf, [x]) => tf.maxPool(x, [1, 2], 1, "valid")], // biome-ignore format: a line
  ["localResponseNormalization", [any(1, 2, 2, 4)], (tf, [x], { radius }) => tf.localResponseNormalization(x, radius, 1, 0.5, 0.75), { radius: [1, 5] }], // biome-ignore format: a line
  ["batchNorm", [any(2, 3), any(3), positive(3), any(3), positive(3)], (tf, [x, m, v, o, s]) => tf.batchNorm(x, m, v, o, s, 0.001)], // biome-ignore format: a line
  ["batchNorm", [any(1, 2, 2, 3), any(3), positive(3), any(3), positive(3)], (tf, [x, m, v, o, s]) => tf.batchNorm(x, m, v, o, s, 0.001)], // biome-ignore format: a line
  ["batchNorm", [any(2, 3), any(2, 3), positive(2, 3)], (tf, [x, m, v]) => tf.batchNorm(x, m, v)],
  ["image.resizeBilinear", [any(1, 3, 3, 1)], (tf, [x], o) => tf.image.resizeBilinear(x, o.size, o.alignCorners, o.halfPixelCenters), { size: [[2, 2], [4, 5], [6, 6]], alignCorners: [false, true], halfPixelCenters: [false] }], // biome-ignore format: a line
  ["image.resizeBilinear", [any(1, 3, 3, 1)], (tf, [x], o) => tf.image.resizeBilinear(x, o.size, false, true), { size: [[2, 2], [4, 5], [6, 6]], halfPixelCenters: [true] }], // biome-ignore format: a line
  ["image.resizeNearestNeighbor", [any(1, 3, 3, 1)], (tf, [x], o) => tf.image.resizeNearestNeighbor(x, o.size, o.alignCorners, o.halfPixelCenters), { size: [[2, 2], [4, 5], [6, 6]], alignCorners: [false, true], halfPixelCenters: [false] }], // biome-ignore format: a line
  ["image.resizeNearestNeighbor", [any(1, 3, 3, 1)], (tf, [x], o) => tf.image.resizeNearestNeighbor(x, o.size, false, true), { size: [[2, 2], [4, 5], [6, 6]], halfPixelCenters: [true] }], // biome-ignore format: a line
  ["image.cropAndResize", [any(1, 3, 3, 1)], (tf, [x]) => tf.image.cropAndResize(x, tf.tensor2d([[0, 0, 0.9, 0.9]]), tf.tensor1d([0], "int32"), [2, 2])], // biome-ignore format: a line
  ["image.flipLeftRight", [any(1, 2, 3, 1)], (tf, [x]) => tf.image.flipLeftRight(x)],
  ["image.rotateWithOffset", [any(1, 3, 3, 1)], (tf, [x]) => tf.image.rotateWithOffset(x, 0.5)],
  ["image.grayscaleToRGB", [any(1, 2, 2, 1)], (tf, [x]) => tf.image.grayscaleToRGB(x)],
  ["image.rgbToGrayscale", [any(1, 2, 2, 3)], (tf, [x]) => tf.image.rgbToGrayscale(x)],
  ["image.transform", [any(1, 3, 3, 1)], (tf, [x]) => tf.image.transform(x, tf.tensor2d([[1, 0, 0.5, 0, 1, 0.5, 0, 0]]), "bilinear")], // biome-ignore format: a line
  ["basicLSTMCell", [any(5, 8), any(8), any(1, 3), any(1, 2), any(1, 2)], (tf, [kernel, bias, data, c, h]) => tf.basicLSTMCell(tf.scalar(1), kernel, bias, data, c, h)[1]], // biome-ignore format: a line
  ["image.resizeBilinear to its own size", [exactly(1, 2, 4, 8)], (tf, [x]) => tf.image.resizeBilinear(tf.reshape(x, [1, 2, 2, 1]), [2, 2], false, true)], // biome-ignore format: a line
];
