import { numericalGradient } from "numgrad";

numericalGradient(() => Number.NaN, [1]);
