/** The stops of the lesson, in their order. */
export const STOPS = ["secant", "order", "rounding", "rate", "count", "digits", "both"] as const;

export type StopName = (typeof STOPS)[number];

/** A stop: what leads to a question, three answers to choose from, and the answer in words. */
interface Stop {
  readonly title: string;
  readonly text: string;
  readonly question: string;
  readonly choices: readonly [string, string, string];
  readonly answer: string;
}

/** The texts of the lesson. */
export interface Lesson {
  readonly title: string;
  readonly intro: string;
  readonly right: string;
  readonly wrong: string;
  /** Sets the controls of a part below and goes there. */
  readonly tryIt: string;
  readonly stops: Readonly<Record<StopName, Stop>>;
}
