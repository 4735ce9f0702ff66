import { ArgumentError, loadMnist } from "numgrad";

/** What loads data sets works wherever it is imported. */
export async function checkLoading() {
  const error = await loadMnist({ directory: 5 }).catch((error) => error);
  if (!(error instanceof ArgumentError)) throw error;
}
