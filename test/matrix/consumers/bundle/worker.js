import { allHashes } from "./all-hashes.js";

allHashes().then(
  (hashes) => postMessage({ hashes }),
  ({ name, message }) => postMessage({ error: { name, message } }),
);
