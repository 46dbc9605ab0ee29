import { describe } from "vitest";
import { changes } from "./contract/changes.ts";
import { failures } from "./contract/failures.ts";
import { lists } from "./contract/lists.ts";
import { mandates } from "./contract/mandates.ts";
import { reads } from "./contract/reads.ts";
import type { Connect } from "./contract/subject.ts";

/** What every implementation of the port to Dodo has to do: each method, where it succeeds and where it fails. */
export function describePort(name: string, connect: Connect): void {
  describe(`the port to Dodo, by ${name}`, () => {
    reads(connect);
    lists(connect);
    changes(connect);
    mandates(connect);
    failures(connect);
  });
}
