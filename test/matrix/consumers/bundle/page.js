import { checkLoading } from "./loads.js";
import { send, sendError } from "./send.js";
import { hashesAfter200Steps } from "./two-hundred-steps.js";

Promise.all([hashesAfter200Steps(), checkLoading()]).then(([main]) => send({ main }), sendError);
