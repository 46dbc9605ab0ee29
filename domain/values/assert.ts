import { OwnError } from "./own-error.ts";

/** @throws when `condition` is false, which only a bug in this code can cause */
export function assert(condition: boolean, message: string): asserts condition {
  if (!condition) throw new OwnError(`assertion failed: ${message}`);
}

/** Proves to the compiler that a union is exhausted. @throws when outside data reached it unparsed */
export function assertNever(value: never): never {
  throw new Error(`assertion failed: unexpected ${JSON.stringify(value)}`);
}
