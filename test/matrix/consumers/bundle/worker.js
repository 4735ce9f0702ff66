import { checkLoading } from "./loads.js";
import { hashesAfter200Steps } from "./two-hundred-steps.js";

Promise.all([hashesAfter200Steps(), checkLoading()]).then(
  ([hashes]) => postMessage({ hashes }),
  ({ name, message }) => postMessage({ error: { name, message } }),
);
