import { allHashes } from "./all-hashes.js";
import { checkLoading } from "./loads.js";
import { send, sendError } from "./send.js";

Promise.all([allHashes(), checkLoading()]).then(([main]) => send({ main }), sendError);
