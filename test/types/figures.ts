import { type Dataset, gradientDescent, type History, type TwoLayerNet } from "numgrad";
import {
  accuracyFigure,
  confusionFigure,
  descentFigure,
  type FigureSpec,
  functionFigure,
  gradientFieldFigure,
  imagesFigure,
  learningRatesFigure,
  lossFigure,
  type Theme,
  themeConfig,
  weightsFigure,
} from "numgrad-figures";
import { renderPng, renderSvg } from "numgrad-figures/node";
import { exactly, some } from "./exactly.js";

const history = some<History>();
const f = (x: ArrayLike<number>) => (x[0] ?? 0) ** 2;
const [x0, x1] = [
  [-1, 1],
  [-1, 1],
] as const;
const paths = [{ label: "η = 0.1", ...gradientDescent(f, [1, 1]) }];

// The figures take numgrad's results directly.
exactly<FigureSpec>()(lossFigure({ losses: history.losses, theme: "dark", title: undefined }));
exactly<FigureSpec>()(accuracyFigure({ evaluations: history.evaluations, width: 300 }));
exactly<FigureSpec>()(learningRatesFigure({ runs: [{ learningRate: 0.1, ...history }] }));
exactly<FigureSpec>()(functionFigure({ f: Math.sin, domain: [0, 6], tangents: [1] }));
exactly<FigureSpec>()(gradientFieldFigure({ f, x0, x1 }));
exactly<FigureSpec>()(descentFigure({ f, x0, x1, paths }));
exactly<FigureSpec>()(confusionFigure({ matrix: [[1, 0]] }));
exactly<FigureSpec>()(imagesFigure({ data: some<Dataset>() }));
exactly<FigureSpec>()(weightsFigure({ weights: some<TwoLayerNet>().params.w1, rows: 28, cols: 28 }));
exactly<"light" | "dark">()(some<Theme>());
themeConfig("dark");
// @ts-expect-error: the theme is one of two words
lossFigure({ losses: [1], theme: "blue" });
// @ts-expect-error: an interval has two ends
functionFigure({ f: Math.sin, domain: [0] });
// @ts-expect-error: there is no such option
accuracyFigure({ evaluations: [], colour: "red" });

exactly<Promise<string>>()(renderSvg(lossFigure({ losses: [1] })));
exactly<Promise<Uint8Array>>()(renderPng(lossFigure({ losses: [1] }), { scale: 1 }));
// @ts-expect-error: the option is a number
renderPng(lossFigure({ losses: [1] }), { scale: "2x" });
