import type { Cleanup } from "../../dev/process/cleanup.ts";
import type { TemporalCli } from "../../dev/temporal/cli.ts";

/** What one subject did in one round, by the key of the measure. */
export type Sample = Readonly<Record<string, number>>;

/** The name of the subject that is compared with all others. */
export const PRODUCT = "product";

/** What is measured: the product, or a floor or a peer beside it. */
export type Subject = {
  readonly name: string;
  /** Runs one round. @throws if the round is not valid, such as an answer that is not 200 */
  readonly run: () => Promise<Sample>;
};

export type Goal = { readonly atMost: number } | { readonly atLeast: number };

export type Measure = {
  readonly key: string;
  readonly title: string;
  readonly unit: string;
  /** Of the product's median. */
  readonly goal?: Goal;
  /** The subjects by whose value the product's is divided, in the same round. */
  readonly against?: readonly { readonly subject: string; readonly goal?: Goal }[];
};

/** A path that runs, until it is closed. */
export type OpenPath = {
  /** The product comes first. */
  readonly subjects: readonly Subject[];
  /** Further facts, once all rounds are over: one line each. */
  readonly notes?: () => readonly string[];
  readonly close: () => Promise<void>;
};

export type Path = {
  readonly name: string;
  /** One line. */
  readonly title: string;
  readonly measures: readonly Measure[];
  readonly rounds: { readonly full: number; readonly quick: number };
  /** Rounds before those that count, so that code is compiled and caches are filled. */
  readonly warmUps: { readonly full: number; readonly quick: number };
  /** @throws NotAvailable if this machine lacks what the path needs */
  readonly open: (bench: Bench) => Promise<OpenPath>;
};

/** What a path is given. */
export type Bench = {
  readonly isQuick: boolean;
  /** For logs, databases and bundles; removed at the end. */
  readonly folder: string;
  /** The project's folder: `dist/` below it is what is measured. */
  readonly root: string;
  readonly cli: () => Promise<TemporalCli>;
  /** What a path starts is registered here at once, so that an interrupt ends it. */
  readonly cleanup: Pick<Cleanup, "add">;
  /** Prints a line of progress. */
  readonly print: (line: string) => void;
};

/** The path needs something that this machine does not have. */
export class NotAvailable extends Error {
  override readonly name = "NotAvailable";
}
