import { allHashes } from "./all-hashes.js";
import { send, sendError } from "./send.js";

allHashes().then((main) => send({ main }), sendError);
