/**
 * Figures of training, and of the calculus behind it, as Vega-Lite specifications.
 *
 * @module numgrad-figures
 * @mergeModuleWith <project>
 */
export type { Interval } from "./arguments.js";
export { type AccuracyFigureOptions, accuracyFigure } from "./figures/accuracies.js";
export { type ConfusionFigureOptions, confusionFigure } from "./figures/confusion.js";
export { type DescentFigureOptions, type DescentPath, descentFigure } from "./figures/descent.js";
export { type FunctionFigureOptions, functionFigure } from "./figures/function.js";
export { type GradientFieldFigureOptions, gradientFieldFigure } from "./figures/gradient-field.js";
export { type ImagesFigureOptions, imagesFigure, type LabelledImages } from "./figures/images.js";
export {
  type LearningRateRun,
  type LearningRatesFigureOptions,
  learningRatesFigure,
} from "./figures/learning-rates.js";
export { type LossFigureOptions, lossFigure } from "./figures/losses.js";
export { type WeightsFigureOptions, weightsFigure } from "./figures/weights.js";
export { type FigureOptions, type FigureSpec, type PlotOptions, type Theme, themeConfig } from "./theme.js";
