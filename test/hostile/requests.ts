/** Shapes and sizes that no honest sender uses, for what Dodo and others send. */

/** Far longer than any text that Dodo sends, and valid as an id. */
export const LONG_TEXT = "x".repeat(200_000);

const MANY = 10_000;

/** A value that is too large, in place of one of the same type. @param depth of the nesting that remains */
export function oversized(value: unknown, depth = 3): unknown {
  if (typeof value === "string" || value === null) return LONG_TEXT;
  if (typeof value === "number") return Number.MAX_SAFE_INTEGER;
  if (Array.isArray(value)) return Array.from({ length: MANY }, (_, at) => `many_${at}`);
  if (typeof value !== "object" || depth === 0) return value;
  return Object.fromEntries(
    Array.from({ length: MANY }, (_, at) => [`key_${at}`, LONG_TEXT.slice(0, 50)]),
  );
}

/** The object again and again, each time with one of its fields, at any depth, too large. */
export function withEachFieldOversized(
  object: Readonly<Record<string, unknown>>,
): readonly (readonly [string, Record<string, unknown>])[] {
  return Object.entries(object).flatMap(([name, value]) => {
    const own = [name, { ...object, [name]: oversized(value) }] as const;
    if (typeof value !== "object" || value === null || Array.isArray(value)) return [own];
    const below = withEachFieldOversized(value as Readonly<Record<string, unknown>>);
    return [
      own,
      ...below.map(([path, part]) => [`${name}.${path}`, { ...object, [name]: part }] as const),
    ];
  });
}
