import { send, sendError } from "./send.js";
import { byTwoThreads } from "./two-threads.js";

// This stands in one expression, because only then do Vite and webpack find the worker.
const worker = () => new Worker(new URL("numgrad/worker", import.meta.url), { type: "module" });
byTwoThreads(worker).then((team) => send({ team }), sendError);
