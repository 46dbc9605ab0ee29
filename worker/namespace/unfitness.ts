/** Why a worker must not run in a namespace. */
export type Unfitness = {
  readonly what:
    | "namespace_missing"
    | "search_attributes_missing"
    | "search_attribute_of_other_type"
    | "schedule_refused"
    | "other_mode";
  /** What is wrong, and what to do. */
  readonly text: string;
  /** True where it cannot be a delay of Temporal's. */
  readonly isFinal: boolean;
};
