import { isSame } from "./same.ts";

/** A value without the fields that whoever reads it can fill in. */
export type Lean<T> = T extends string | number | boolean | null | undefined
  ? T
  : T extends readonly unknown[]
    ? readonly Lean<T[number]>[]
    : { readonly [Name in keyof T]?: Lean<T[Name]> };

/** Without the fields that are as in `known`. `{ ...known, ...lean }` gives the value back, where it has all fields of `known`. */
export function leaveOut<T extends object>(value: T, known: object): Partial<T> {
  const entries = Object.entries(value).filter(
    ([name, field]) => !(name in known) || !isSame((known as Record<string, unknown>)[name], field),
  );
  return Object.fromEntries(entries) as Partial<T>;
}
