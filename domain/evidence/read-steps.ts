import { explain, update } from "../decision/draft.ts";
import { followUpAt, readNow, startRead } from "../decision/reads.ts";
import type { Step } from "../decision/step.ts";
import { isPending } from "../state/facts.ts";
import type { Recovery } from "../state/recovery.ts";
import { describeInstant, MINUTE_MS } from "../values/time.ts";
/** Opening and watching: it is time to look at Dodo again. */
export function readStep(recovery: Recovery): Step | null {
  if (isPending(recovery, "read")) return null;
  const { opening, followUp, attention } = recovery;
  if (opening !== null) {
    if (opening.nextAt === null || attention.length > 0) return null;
    return {
      at: opening.nextAt,
      what: "a second look at Dodo",
      run: (draft) => readNow(draft, "opening"),
    };
  }
  if (followUp === null) return null;
  const what = `a look at Dodo (${followUp.reason})`;
  return { at: followUp.nextAt, what, run: (draft) => readNow(draft, followUp.reason) };
}

/** Dodo's own retries own the debt: it is looked at now and then. */
export function observeStep(recovery: Recovery): Step | null {
  const { observing, debt, followUp, settlement } = recovery;
  if (observing === null || debt === null || followUp !== null || settlement !== null) return null;
  if (isPending(recovery, "read")) return null;
  return {
    at: observing.nextReadAt,
    what: "a look at Dodo (its own recovery)",
    run: (draft) => {
      // However this reading ends, the next one is not at once.
      const nextReadAt = followUpAt(draft, observing.reads);
      update(draft, { observing: { ...observing, nextReadAt } });
      readNow(draft, "its own recovery");
    },
  };
}

/** Right after a grace period's end, with or without a webhook. */
export function graceStep(recovery: Recovery): Step | null {
  const { graceEndsAt, debt, settlement } = recovery;
  if (graceEndsAt === null || debt === null || settlement !== null) return null;
  if (isPending(recovery, "read")) return null;
  return {
    at: graceEndsAt + MINUTE_MS,
    what: "the end of the grace period",
    run: (draft) => {
      update(draft, { graceEndsAt: null });
      explain(draft, "subscription.grace_ends", describeInstant(graceEndsAt));
      startRead(draft, "the grace period ends");
    },
  };
}
