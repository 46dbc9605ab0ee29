/** The subscription of a press, and its customer. */
export type ConsoleSubscription = { readonly subscriptionId: string; readonly email: string };

/** A button beside each subscription. */
export type ExtraAction = {
  readonly label: string;
  /** @returns what happened, a sentence a line */
  readonly perform: (subscription: ConsoleSubscription) => Promise<readonly string[]>;
};

export type ConsoleLink = { readonly label: string; readonly href: string };

/** What else is known about a subscription, shown above its payments. */
export type ConsoleFacts = {
  readonly facts: readonly { readonly label: string; readonly text: string }[];
  readonly links: readonly ConsoleLink[];
};

/** What the caller of `startSandbox` adds to the console. */
export type ConsoleExtras = {
  readonly actions: readonly ExtraAction[];
  /** Links at the top of the page. */
  readonly links: () => readonly ConsoleLink[];
  /** When a press happens, in milliseconds since 1970: the subscription's own time. */
  readonly now: (subscriptionId: string) => number;
  /** Waits until a press has had its effects. @returns what happened, a sentence a line */
  readonly afterPress: (subscription: ConsoleSubscription) => Promise<readonly string[]>;
  readonly describe: (subscription: ConsoleSubscription) => Promise<ConsoleFacts>;
};

export const NO_EXTRAS: ConsoleExtras = {
  actions: [],
  links: () => [],
  now: () => Date.now(),
  afterPress: () => Promise.resolve([]),
  describe: () => Promise.resolve({ facts: [], links: [] }),
};
