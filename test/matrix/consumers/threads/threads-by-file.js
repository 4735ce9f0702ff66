import { send, sendError } from "./send.js";
import { byTwoThreads } from "./two-threads.js";

const worker = () => new Worker("/numgrad-worker.js", { type: "module" });
byTwoThreads(worker).then((team) => send({ team }), sendError);
