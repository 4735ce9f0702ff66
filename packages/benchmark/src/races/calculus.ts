import { numericalGradient } from "numgrad";
import { numericalGradient as plainGradient } from "../baseline/numerical-gradient.js";
import { runRace } from "../harness.js";
import { CORE, type Group } from "./setting.js";

const SIZE = 1_000_000;

export const calculus: Group = {
  title: "numericalGradient of any function",
  about:
    `Two calls for each of ${SIZE.toLocaleString("en")} elements of a function that only looks at one of them: ` +
    "what is timed is the loop with its checks, which any real f hides.",
  async run(setting) {
    const x = new Float64Array(SIZE).fill(0.5);
    const f = (at: Float64Array) => at[3]! * at[3]!;
    setting.compare("gradient of x₃²", plainGradient(f, x), numericalGradient(f, x), 0);
    const race = {
      name: `f(x) = x₃², ${SIZE.toLocaleString("en")} elements`,
      contenders: [
        { name: CORE, run: () => numericalGradient(f, x) },
        { name: "TypeScript", run: () => plainGradient(f, x) },
      ],
    };
    return [await runRace(race, setting.effort)];
  },
};
