import { explain, update } from "../decision/draft.ts";
import { followUpAt, readNow, startRead } from "../decision/reads.ts";
import type { Step } from "../decision/step.ts";
import { isPending } from "../state/facts.ts";
import type { Recovery } from "../state/recovery.ts";
import { describeInstant, MINUTE_MS } from "../values/time.ts";

/** The step that reads Dodo again, for the opening or for a follow-up; null where neither is waiting. */
export function readStep(recovery: Recovery): Step | null {
  if (isPending(recovery, "read")) return null;
  const { opening, followUp, attention } = recovery;
  if (opening !== null) {
    if (opening.nextAt === null || attention.length > 0) return null;
    return {
      at: opening.nextAt,
      what: "the second read of Dodo",
      run: (draft) => readNow(draft, "what is owed"),
    };
  }
  if (followUp === null) return null;
  const reason = followUp.reason.replaceAll("_", " ");
  return {
    at: followUp.nextAt,
    what: `a read of Dodo (${reason})`,
    run: (draft) => readNow(draft, reason),
  };
}

/** The step that reads Dodo while its own retries recover the debt; null where they do not. */
export function observeStep(recovery: Recovery): Step | null {
  const { observing, debt, followUp, settlement } = recovery;
  if (observing === null || debt === null || followUp !== null || settlement !== null) return null;
  if (isPending(recovery, "read")) return null;
  return {
    at: observing.nextReadAt,
    what: "a read of Dodo (its own recovery)",
    run: (draft) => {
      // Whatever the outcome of this read, the next one is in the future.
      const nextReadAt = followUpAt(draft, observing.reads);
      update(draft, { observing: { ...observing, nextReadAt } });
      readNow(draft, "its own recovery");
    },
  };
}

/** The step that reads Dodo right after a grace period, whether or not a webhook came. */
export function graceStep(recovery: Recovery): Step | null {
  const { graceEndsAt, debt, settlement } = recovery;
  if (graceEndsAt === null || debt === null || settlement !== null) return null;
  if (isPending(recovery, "read")) return null;
  return {
    at: graceEndsAt + MINUTE_MS,
    what: "the end of the grace period",
    run: (draft) => {
      update(draft, { graceEndsAt: null });
      explain(
        draft,
        "subscription.grace_ends",
        `the grace period ended ${describeInstant(graceEndsAt)}`,
      );
      startRead(draft, "the end of the grace period");
    },
  };
}
