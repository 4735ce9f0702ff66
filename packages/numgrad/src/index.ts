/**
 * A two-layer network that learns by central differences, numerical derivatives of any function, the functions of
 * chapter 4 of *Deep Learning from Scratch*, data sets, and NumPy's random numbers.
 *
 * @module numgrad
 * @mergeModuleWith <project>
 */
// The exports are sorted by file.

export { assertGradient, GradientAssertionError } from "./checking/assert-gradient.js";
export {
  type CheckGradientOptions,
  type CheckTreeOptions,
  checkGradient,
  type GradientLike,
  type GradientTreeLike,
} from "./checking/check-gradient.js";
export { checkGradientAsync } from "./checking/check-gradient-async.js";
export { type CheckHessianOptions, checkHessian, type HessianLike } from "./checking/check-hessian.js";
export { checkJacobian, type JacobianLike, type JacobianProducts } from "./checking/check-jacobian.js";
export type { MatrixLike } from "./checking/claimed-matrix.js";
export { type GradientMatchers, gradientMatchers, type MatcherResult } from "./checking/gradient-matchers.js";
export type { GradientEntry, GradientPart, GradientReport } from "./checking/gradient-report.js";
export type { GradientVerdict } from "./checking/judgement.js";
export { Dataset, type DatasetOptions } from "./data/dataset.js";
export { type IdxArray, type IdxData, parseIdx } from "./data/idx.js";
export { type LoadIdxOptions, loadIdxDataset } from "./data/idx-dataset.js";
export type { DownloadOptions, FollowOptions, LoadProgress } from "./data/load-options.js";
export { type LoadMnistOptions, loadFashionMnist, loadMnist, type TrainAndTest } from "./data/mnist.js";
export type { AdaptiveCurvatureOptions, CurvatureOptions } from "./derivatives/curvature-options.js";
export { type Derivative, type DerivativeOptions, derivative } from "./derivatives/derivative.js";
export { directionalDerivative, type VectorAt, type VectorTree } from "./derivatives/directional-derivative.js";
export { hessian } from "./derivatives/hessian.js";
export { hessianVectorProduct } from "./derivatives/hessian-vector-product.js";
export {
  type AdaptiveJacobian,
  type AdaptiveJacobianOptions,
  type AdaptiveTreeJacobianOptions,
  type JacobianOptions,
  jacobian,
  type TreeJacobianOptions,
} from "./derivatives/jacobian.js";
export type {
  Bounds,
  DifferenceMethod,
  DifferenceOptions,
  DifferenceProgress,
  WatchOptions,
} from "./differences/difference-options.js";
export { numericalDiff } from "./differences/numerical-diff.js";
export {
  type BatchedGradientOptions,
  type DifferenceGradientOptions,
  numericalGradient,
  type TreeGradientOptions,
} from "./differences/numerical-gradient.js";
export { numericalGradientAsync } from "./differences/numerical-gradient-async.js";
export { partialDerivative } from "./differences/partial-derivative.js";
export type { AsFloats, GradientAt, PointLike, Points, Received } from "./differences/point.js";
export { tangentLine } from "./differences/tangent-line.js";
export type {
  GradientTree,
  MatrixTree,
  ReceivedTree,
  Tree,
  TreeBounds,
  TreeOptions,
} from "./differences/tree-types.js";
export {
  ArgumentError,
  CoreError,
  DataFormatError,
  DataNotFoundError,
  DisposedError,
  type DownloadAttempt,
  DownloadError,
  FileWriteError,
  FunctionError,
  NonFiniteError,
  NumgradError,
  ShapeError,
} from "./errors.js";
export { accuracy } from "./functions/accuracy.js";
export { identity, relu, sigmoid, stepFunction } from "./functions/activations.js";
export { argmax } from "./functions/argmax.js";
export { accuracyPerClass, type ConfusionOptions, confusionMatrix } from "./functions/confusion-matrix.js";
export { type CrossEntropyOptions, crossEntropyError } from "./functions/cross-entropy-error.js";
export { type Dot, dot } from "./functions/dot.js";
export type { AnyMatrix, Mapped } from "./functions/operands.js";
export { at, rows } from "./functions/rows.js";
export { softmax } from "./functions/softmax.js";
export { meanSquaredError, sumOfSquaresError } from "./functions/sum-of-squares-error.js";
export { type Descent, type GradientDescentOptions, gradientDescent } from "./minimization/gradient-descent.js";
export {
  type LeastSquaresFit,
  type LeastSquaresOptions,
  leastSquares,
} from "./minimization/least-squares.js";
export type { LeastSquaresStatus } from "./minimization/levenberg-marquardt.js";
export type { Inputs } from "./network/inputs.js";
export type { Gradients, NetworkParams } from "./network/parameters.js";
export { type NamedArrays, SGD, type SGDOptions } from "./network/sgd.js";
export {
  type GradientOptions,
  type NumericalGradientOptions,
  TwoLayerNet,
  type TwoLayerNetOptions,
} from "./network/two-layer-net.js";
export {
  type ChoiceOptions,
  RandomState,
  type RandomStateData,
  type RandomStateInput,
  type TypedArray,
} from "./random/random-state.js";
export {
  type Integers,
  type Matrix,
  matrix,
  type NumericArray,
  type NumericTargets,
  type Pixels,
  pixels,
  type Targets,
  type Vector,
} from "./shape.js";
export type { WorkerLike } from "./team/threads.js";
export type { Checkpoint } from "./training/checkpoint.js";
export { DivergenceError, History } from "./training/history.js";
export { movingAverage } from "./training/moving-average.js";
export type { Optimizer, OptimizerState } from "./training/optimizer.js";
export type { TrainOptions } from "./training/options.js";
export type { Evaluation, HistoryData, RunRecord, RunStatus } from "./training/record.js";
export type { RunOptions } from "./training/run-options.js";
export type { Samples } from "./training/samples.js";
export { train } from "./training/train.js";
export type { StepReport, TrainingRun } from "./training/training-run.js";
export type { Adapter, AdapterArray } from "./trees/adapter.js";
export { init, type MemoryUsage, memoryUsage } from "./wasm/runtime.js";
