/** A call that reads Dodo, by its path; `:subscriptionId` and its like stand for the recovery's own ids. */
export type ReadRoute = string;

/** At one moment of a recovery: reads, side by side, then a charge or a mail or neither. */
export type Step = {
  /** After the first charge failed. */
  readonly atMs: number;
  readonly reads: readonly ReadRoute[];
  readonly charges: boolean;
  readonly mails: boolean;
};

/** The input of the floor's workflow. */
export type Plan = {
  readonly subscriptionId: string;
  readonly customerId: string;
  readonly productId: string;
  /** When the first charge failed, milliseconds since 1970. */
  readonly openedAt: number;
  readonly steps: readonly Step[];
  /** The reads between the charge that succeeds and the last mail. */
  readonly afterSuccess: readonly ReadRoute[];
};

export type Webhook = { readonly type: string; readonly paymentId: string | null };
