import { expect } from "vitest";
import type { NoteExample } from "./notes.js";
import { type From, numbersIn, type ProgramOutput } from "./program-output.js";
import { expectAllClose, type Tolerance } from "./ulp.js";

/** Compares an example of the notes with what the programs print. */
type Check = (example: NoteExample, output: (program: number) => ProgramOutput) => void;

/** Losses of functions that are not polynomials: see test/golden/README.md. */
const LOSS: Tolerance = { ulps: 8, relative: 2e-15 };
/** Half the sum of the same ten squares, which NumPy adds up in another order. */
const SQUARES: Tolerance = { ulps: 1 };
/** Arrays are printed with eight digits after the point. */
const EIGHT_DIGITS: Tolerance = { absolute: 5.1e-9 };
/** For values made from a W of which the note prints eight digits. */
const FROM_PRINTED_W: Tolerance = { absolute: 2e-8 };
/** The same, but the note's loss has no 1e-7 in the logarithm, which makes a difference of 1.4e-7. */
const WITHOUT_DELTA: Tolerance = { absolute: 1.5e-7 };

/** Checks the shapes of the whole data. */
const shapes: Check = ({ value }, output) => {
  expect(["x_train", "t_train"].map((name) => output(2).numbers(name))).toEqual(value);
};

const epoch: Check = ({ inputs: { data, batch }, value }, output) => {
  expect(output(2).numbers(`epoch of ${data} images, ${batch} at a time:`)).toEqual([value]);
};

/** Checks a loss of program 1: a line under a heading. */
const exampleLoss = (from: string, label: string, tolerance: Tolerance): Check => {
  return ({ value }, output) => {
    expectAllClose(output(1).numbers(`  ${label}:`, { from }), [value as number], tolerance);
  };
};

/** Checks a slope of program 5, digit for digit. */
const slope = (label: string): Check => {
  return ({ value, printed }, output) => {
    expect(output(5).after(`  ${label}:`)).toBe(` ${value}`);
    expect(value).toBe(printed);
  };
};

/** Checks a slope of program 6, computed in two ways, digit for digit. */
const partial = (label: string): Check => {
  return ({ value }, output) => {
    for (const from of ["f(x₀, x₁)", "in one go"]) expect(output(6).after(`  ${label}:`, { from })).toBe(` ${value}`);
  };
};

/** Checks a gradient of program 7, as NumPy prints it and in all digits. */
const gradient: Check = ({ inputs, value, printed }, output) => {
  const label = `  at (${(inputs.x as number[]).join(", ")})`;
  expect(output(7).numbers(label)).toEqual([...(printed as number[]), ...(value as number[])]);
};

/** Checks the end of a descent of program 8, as NumPy prints it and in all digits. */
const descent: Check = ({ inputs, value, printed }, output) => {
  const [x0] = inputs.start as number[];
  const from = x0 === 3 ? "from (3, 4)" : `learning rate ${inputs.lr}:`;
  expect(output(8).numbers("  step 100", { from })).toEqual([...(printed as number[]), ...(value as number[])]);
};

/** Checks a prediction of program 9, whose network has the weights of the note. */
const prediction = (from: From, asPrinted: Tolerance | undefined): Check => {
  return ({ inputs, value, printed }, output) => {
    const got = output(9).numbers("prediction", from);
    expectAllClose(got, value as number[], EIGHT_DIGITS, "value");
    if (asPrinted) expectAllClose(got, printed as number[], asPrinted, "printed");
    if (from !== MOVED) expect(matrixBelow(output(9), "W", from)).toEqual((inputs.W as number[][]).flat());
  };
};

const largest = (from: From): Check => {
  return ({ value }, output) => expect(output(9).numbers("largest at", from)).toEqual([value]);
};

const loss = (from: From, asPrinted: Tolerance | undefined): Check => {
  return ({ value, printed }, output) => {
    const got = output(9).numbers("loss", from);
    expectAllClose(got, [value as number], LOSS, "value");
    if (asPrinted) expectAllClose(got, [printed as number], asPrinted, "printed");
  };
};

const dW = (from: From, asPrinted: Tolerance): Check => {
  return ({ value, printed }, output) => {
    const got = matrixBelow(output(9), "dW", from);
    expectAllClose(got, (value as number[][]).flat(), EIGHT_DIGITS, "value");
    expectAllClose(got, (printed as number[][]).flat(), asPrinted, "printed");
  };
};

/** The numbers of a matrix of two rows. */
const matrixBelow = (output: ProgramOutput, label: string, from: From) =>
  numbersIn(output.below(label, 2, from).join(" "));

const gradientShapes: Check = ({ value }, output) => {
  const shape = (name: string) => numbersIn(output(10).after(`  ${name} (`).split(")")[0]!);
  expect(["w1", "b1", "w2", "b2"].map(shape)).toEqual(value);
};

/** Checks the values that `y[arange(5), t]` picks. */
const picked: Check = ({ inputs, value }, output) => {
  const numbers = output(2).numbers(`labels [${(inputs.t as number[]).join(" ")}] pick:`);
  expect(numbers).toEqual((value as number[][]).flat());
};

const NOTE_1 = { from: "Note 001" };
const MOVED = { from: "and now, as the note prints it" };
const NOTE_2 = { from: "Note 002" };
const NO_DELTA = { from: "without the 1e-7, as the note prints it" };

/** The check of each example of test/golden/notes.json. */
export const noteChecks: Record<string, Check> = {
  "000-shapes": shapes,
  "001-gradient": gradient,
  "001-descent": descent,
  // The values that the note prints belong to the moved W: see 001-moved-predict and -loss.
  "001-predict": prediction(NOTE_1, undefined),
  "001-argmax": largest(NOTE_1),
  "001-loss": loss(NOTE_1, undefined),
  "001-dW": dW(NOTE_1, FROM_PRINTED_W),
  "001-moved-predict": prediction(MOVED, FROM_PRINTED_W),
  "001-moved-loss": loss(MOVED, FROM_PRINTED_W),
  "001-shapes": gradientShapes,
  "001-epoch": epoch,
  "002-shapes": shapes,
  "002-predict": prediction(NOTE_2, FROM_PRINTED_W),
  "002-argmax": largest(NOTE_2),
  "002-loss": loss(NOTE_2, { absolute: 3e-7 }),
  "002-dW": dW(NOTE_2, WITHOUT_DELTA),
  "002-loss-no-eps": loss(NO_DELTA, FROM_PRINTED_W),
  "002-dW-no-eps": dW(NO_DELTA, FROM_PRINTED_W),
  "002-pick": picked,
  "003-diff-5": slope("f'(5)  = 0.2"),
  "003-diff-10": slope("f'(10) = 0.3"),
  "003-epoch": epoch,
  "004-partial": partial("∂f/∂x₀ = 6"),
  "004-gradient": gradient,
  "chapter-squares-a": exampleLoss("mean squared error", "0.6 for the 2", SQUARES),
  "chapter-entropy-a": exampleLoss("cross entropy", "0.6 for the 2", LOSS),
  "chapter-squares-b": exampleLoss("mean squared error", "0.6 for the 7", SQUARES),
  "chapter-entropy-b": exampleLoss("cross entropy", "0.6 for the 7", LOSS),
  "chapter-partial-0": partial("∂f/∂x₀ = 6"),
  "chapter-partial-1": partial("∂f/∂x₁ = 8"),
  "chapter-gradient-3-4": gradient,
  "chapter-gradient-0-2": gradient,
  "chapter-gradient-3-0": gradient,
  "chapter-descent-0.1": descent,
  "chapter-descent-10": descent,
  "chapter-descent-1e-10": descent,
};
