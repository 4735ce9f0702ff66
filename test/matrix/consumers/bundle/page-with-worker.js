import { allHashes } from "./all-hashes.js";
import { checkLoading } from "./loads.js";
import { send, sendError } from "./send.js";

// This stands in one expression, because only then do Vite and webpack find the worker.
const worker = new Worker(new URL("./worker.js", import.meta.url), { type: "module" });
const answer = new Promise((resolve, reject) => {
  worker.onmessage = ({ data }) => (data.error ? reject(data.error) : resolve(data.hashes));
  worker.onerror = ({ message }) => reject(new Error(`worker: ${message}`));
});
Promise.all([allHashes(), answer, checkLoading()]).then(([main, worker]) => send({ main, worker }), sendError);
