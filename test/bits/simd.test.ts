import { describeSameBits } from "./same-bits.js";

describeSameBits("the build with SIMD");
