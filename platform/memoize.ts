/** Enough for the languages and time zones of one merchant's customers. */
const ENTRIES_MAX = 500;

/** Memoizes values by key. The cache is cleared when it has `ENTRIES_MAX` entries. */
export function memoize<T>(): (key: string, make: () => T) => T {
  const cache = new Map<string, T>();
  return (key, make) => {
    const cached = cache.get(key);
    if (cached !== undefined) return cached;
    if (cache.size >= ENTRIES_MAX) cache.clear();
    const value = make();
    cache.set(key, value);
    return value;
  };
}
