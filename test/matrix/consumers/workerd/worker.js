import { init, softmax } from "numgrad";
import core from "numgrad/core.wasm";
import { allHashes } from "./all-hashes.js";

/** The error that numgrad throws before init(module) was called. */
function refusal() {
  try {
    softmax([1]);
  } catch ({ name, message }) {
    return `${name}: ${message}`;
  }
}

export default {
  async fetch() {
    const said = refusal();
    init(core);
    return Response.json({ refusal: said, hashes: await allHashes() });
  },
};
