/** The texts of the parts about differences, descent and one weight. Each language has one file with all of them. */
export interface Strings {
  /** Name of the language, in that language. */
  readonly name: string;
  readonly language: string;
  /** What the page is about. */
  readonly intro: string;
  readonly parts: { readonly differences: string; readonly descent: string; readonly training: string };
  readonly share: { readonly copy: string; readonly copied: string };
  readonly differences: {
    readonly title: string;
    readonly intro: string;
    readonly task: string;
    readonly f: string;
    readonly own: string;
    /** Says after how many characters an expression is wrong. */
    wrong(position: number): string;
    /** Says that f or its derivative is no number at x. */
    readonly undefinedHere: string;
    readonly x: string;
    readonly h: string;
    readonly tangent: string;
    readonly forward: string;
    readonly central: string;
    readonly derivative: string;
    readonly quotient: string;
    readonly error: string;
    readonly plot: string;
    readonly errorPlot: string;
    readonly truncation: string;
    readonly rounding: string;
    /** What is to be seen at this h, in float64 by central differences. */
    readonly regimes: {
      readonly truncation: string;
      readonly rounding: string;
      readonly balance: string;
      readonly lost: string;
    };
  };
  readonly weight: {
    readonly title: string;
    readonly intro: string;
    readonly unit: string;
    readonly picture: string;
    readonly keys: string;
    place(row: number, column: number): string;
    readonly value: string;
    readonly backprop: string;
    readonly difference: string;
    rest(count: string): string;
  };
  readonly descent: {
    readonly title: string;
    readonly intro: string;
    readonly surface: string;
    readonly surfaces: {
      readonly bowl: string;
      readonly valley: string;
      readonly saddle: string;
      readonly rosenbrock: string;
    };
    readonly rate: string;
    readonly again: string;
    readonly clear: string;
    readonly map: string;
    readonly keys: string;
    readonly paths: string;
    readonly none: string;
    /** One path in words: its learning rate and its number of steps come before. */
    readonly outcomes: {
      readonly arrived: string;
      readonly diverged: string;
      readonly crawled: string;
      readonly underway: string;
    };
    steps(count: number): string;
  };
}
