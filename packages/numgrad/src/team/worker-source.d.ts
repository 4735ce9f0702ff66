/** The program of a worker, worker.ts with all that it imports, as the text of a script without imports. */
export const workerSource: string;
