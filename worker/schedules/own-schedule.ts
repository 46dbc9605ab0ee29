import { type ScheduleOptions, ScheduleOverlapPolicy } from "@temporalio/client";

type Given = Pick<ScheduleOptions, "scheduleId" | "memo" | "spec"> & {
  readonly taskQueue: string;
  readonly workflowType: string;
  readonly summary: string;
  /** How late a run may start that was due while Temporal was down. */
  readonly catchupWindow: "10m" | "12h";
};

/** A schedule that a worker creates. Its workflows have its id as their prefix, and one runs at a time. */
export function ownScheduleOf(given: Given): ScheduleOptions {
  const { scheduleId, memo, spec, taskQueue, workflowType, summary, catchupWindow } = given;
  return {
    scheduleId,
    ...(memo === undefined ? {} : { memo }),
    spec,
    policies: { overlap: ScheduleOverlapPolicy.SKIP, catchupWindow },
    action: {
      type: "startWorkflow",
      workflowType,
      workflowId: scheduleId,
      taskQueue,
      args: [],
      staticSummary: summary,
    },
    state: {
      note: "Created by Reprise. You can change or pause it; Reprise never overwrites it.",
    },
  };
}
