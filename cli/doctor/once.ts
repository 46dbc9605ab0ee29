/** Runs a call once, however many checks ask for its result. */
export function once<T>(call: () => Promise<T>): () => Promise<T> {
  let result: Promise<T> | null = null;
  return () => (result ??= call());
}
