/** A view, and what its rows mean: docs/METRICS.md has both. */
export type View = { readonly name: string; readonly meaning: string; readonly query: string };

/** In the order in which they are made: each may use those before it. */
export const VIEWS: readonly View[] = [];
