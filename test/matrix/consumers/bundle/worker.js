import { allHashes } from "./all-hashes.js";
import { checkLoading } from "./loads.js";

Promise.all([allHashes(), checkLoading()]).then(
  ([hashes]) => postMessage({ hashes }),
  ({ name, message }) => postMessage({ error: { name, message } }),
);
