import { mulberry32 } from "../../sandbox/webhooks/mulberry32.ts";

/** A stream of numbers that its seed alone decides: enough for worlds that are told apart. */
export class Random {
  /** From 0 up to, and without, 1. */
  readonly next: () => number;

  constructor(seed: number) {
    this.next = mulberry32(Math.imul(seed, 0x9e3779b1));
  }

  /** Both ends included. */
  whole(min: number, max: number): number {
    return min + Math.floor(this.next() * (max - min + 1));
  }

  /** @param oneIn how rare it is: 1 = always */
  chance(oneIn: number): boolean {
    return this.next() * oneIn < 1;
  }

  of<const T>(values: readonly [T, ...T[]]): T {
    return values[this.whole(0, values.length - 1)] ?? values[0];
  }

  list<T>(max: number, draw: () => T): T[] {
    return Array.from({ length: this.whole(0, max) }, draw);
  }
}
