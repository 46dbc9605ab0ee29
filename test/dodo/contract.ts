import { describe } from "vitest";
import { changes } from "./contract/changes.ts";
import { failures } from "./contract/failures.ts";
import { lists } from "./contract/lists.ts";
import { mandates } from "./contract/mandates.ts";
import { paymentReads } from "./contract/payment-reads.ts";
import { reads } from "./contract/reads.ts";
import type { Connect } from "./contract/subject.ts";

/** Tests of every method of the port to Dodo, for any implementation: its results and its failures. */
export function describePort(name: string, connect: Connect): void {
  describe(`the port to Dodo, by ${name}`, () => {
    reads(connect);
    paymentReads(connect);
    lists(connect);
    changes(connect);
    mandates(connect);
    failures(connect);
  });
}
