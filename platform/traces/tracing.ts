/** The headers of W3C's Trace Context: `traceparent`, and perhaps `tracestate`. Empty: no trace. */
export type Carrier = Readonly<Record<string, string>>;

export type Attributes = Readonly<Record<string, string | number>>;

export type NewSpan = {
  readonly name: string;
  readonly kind: "server" | "client" | "consumer";
  readonly attributes: Attributes;
  /** The span is part of this trace; without it, of the one that is active. */
  readonly parent?: Carrier;
  /** The span begins a trace, with a link to this one. */
  readonly link?: Carrier;
};

/** Where the two processes report spans. No span has a text of an error, a body, a name or an address. */
export type Tracing = {
  /** @param work gets what adds attributes to the span; an error ends it as failed, by its class */
  readonly inSpan: <T>(
    span: NewSpan,
    work: (add: (attributes: Attributes) => void) => Promise<T>,
  ) => Promise<T>;
  /** Reports something that has ended now. */
  readonly ended: (span: NewSpan, seconds: number, isFailed: boolean) => void;
  /** Of the span that is active. */
  readonly carrier: () => Carrier;
  /** Reports what is left. Never throws. */
  readonly stop: () => Promise<void>;
};
