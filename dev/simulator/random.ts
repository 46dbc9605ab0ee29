import { mulberry32 } from "../../sandbox/webhooks/mulberry32.ts";

/** A reproducible stream of random numbers. */
export class Random {
  /** From 0, inclusive, to 1, exclusive. */
  readonly next: () => number;

  constructor(seed: number) {
    // Spreads seeds that follow one another.
    this.next = mulberry32(Math.imul(seed, 0x9e3779b1));
  }

  /** An integer; both bounds are inclusive. */
  whole(min: number, max: number): number {
    return min + Math.floor(this.next() * (max - min + 1));
  }

  /** True once in `oneIn` draws on average. */
  chance(oneIn: number): boolean {
    return this.next() * oneIn < 1;
  }

  of<const T>(values: readonly [T, ...T[]]): T {
    return values[this.whole(0, values.length - 1)] ?? values[0];
  }

  /** A list of 0 to `max` elements. */
  list<T>(max: number, draw: () => T): T[] {
    return Array.from({ length: this.whole(0, max) }, draw);
  }
}
