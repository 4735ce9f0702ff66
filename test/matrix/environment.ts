import type { Browser } from "./browsers.js";
import type { Project } from "./project.js";

/** A runtime, bundler or framework in which users run numgrad. */
export interface Environment {
  /** Name for `--only`. */
  readonly name: string;
  /** npm packages that the project needs besides numgrad, with their exact versions. */
  readonly packages: readonly string[];
  /** Tests numgrad there. Each finding becomes a row of the table. */
  run(project: Project, browsers: readonly Browser[]): AsyncIterable<Finding> | Iterable<Finding>;
}

/** One test. If `outcome` is rejected, the test has failed; if with a Skipped, the test was skipped. */
export interface Finding {
  readonly what: string;
  /** Runtime or browser, with its version. */
  readonly where: string;
  /** Runs the test. Gives the hash, or another finding. */
  readonly outcome: () => Promise<string>;
}

/** A program that the test needs is missing on this machine. */
export class Skipped extends Error {}
