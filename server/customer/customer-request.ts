import rateLimit from "@fastify/rate-limit";
import type { FastifyInstance, FastifyReply, FastifyRequest } from "fastify";
import type { Instant } from "../../domain/values/time.ts";
import type { Brand } from "../../platform/customer/brand.ts";
import { type LinkClaim, type LinkSigner, verifyLink } from "../../platform/link-token.ts";
import type { Log } from "../../platform/log.ts";
import type { DebtFacts } from "../temporal/debt-facts.ts";
import type { Recoveries } from "../temporal/recoveries.ts";
import { browserRecipient } from "./browser-recipient.ts";
import { type PageTheme, type PayPage, renderPayPage } from "./pay-page.ts";

export type CustomerPageDependencies = {
  readonly links: LinkSigner;
  readonly recoveries: Recoveries;
  readonly brand: Brand;
  readonly publicUrl: string;
  readonly log: Log;
  readonly now: () => Instant;
};

/** What every handler of a customer's page needs. */
export type PageContext = CustomerPageDependencies & {
  /** The look of the common brand, and of the others by their ids. */
  readonly theme: PageTheme;
  readonly themes: ReadonlyMap<string, PageTheme>;
};

export type TokenRequest = FastifyRequest<{
  Params: { token: string };
  Querystring: Readonly<Record<string, unknown>>;
}>;

export type RateLimiter = (request: FastifyRequest) => Promise<boolean>;

/**
 * Rate limits per debt, whoever sends the requests, counted in this process.
 *
 * @returns makes a limiter, which resolves to true for a request above the limit
 */
export async function createRateLimiters(
  scope: FastifyInstance,
): Promise<(perMinute: number) => RateLimiter> {
  await scope.register(rateLimit, { global: false });
  return (perMinute) => {
    const limit = scope.createRateLimit({
      max: perMinute,
      timeWindow: 60_000,
      keyGenerator: keyOf,
    });
    return async (request) => {
      const state = await limit(request);
      return !state.isAllowed && state.isExceeded;
    };
  };
}

/** The signed part of the token, without the signature. */
function keyOf(request: FastifyRequest): string {
  const { token } = request.params as { token: string };
  return token.split(".")[0] ?? "";
}

type RejectedLink = { readonly status: number; readonly page: PayPage };

/** What a link gives access to. An expired one serves only to pay an exhausted debt late. */
export type Access = LinkClaim & { readonly isExpired: boolean };

/** The page of a link that has expired. */
export const EXPIRED: RejectedLink = { status: 410, page: { kind: "expired" } };

/** The claim of an authentic token, or the page to show instead. */
function claimOf(
  request: TokenRequest,
  { links, now }: CustomerPageDependencies,
): Access | RejectedLink {
  const verdict = verifyLink(links, request.params.token, now());
  switch (verdict.kind) {
    case "valid":
      return { ...verdict.claim, isExpired: false };
    case "expired":
      return { ...verdict.claim, isExpired: true };
    case "invalid":
      return { status: 404, page: { kind: "unknown" } };
  }
}

/** The brand of the mail that linked to the page (`?brand=`). Anybody can change it, and chooses among the merchant's own. */
function themeFor({ query }: TokenRequest, { theme, themes }: PageContext): PageTheme {
  const { brand } = query;
  return (typeof brand === "string" ? themes.get(brand) : undefined) ?? theme;
}

/** @param facts about the debt; absent where the page knows none */
export type ShowPage = (
  status: number,
  page: PayPage,
  facts?: DebtFacts | null,
) => Promise<FastifyReply>;

/** Answers a request with a page in the customer's language. */
function showPageFor(request: TokenRequest, reply: FastifyReply, context: PageContext): ShowPage {
  const { now } = context;
  const theme = themeFor(request, context);
  return async (status, page, facts = null) => {
    const recipient = browserRecipient(request, theme.brand, facts?.reader ?? null, now());
    const refresh = "refresh" in page ? page.refresh : null;
    return await reply
      .code(status)
      .headers({
        ...theme.headers,
        "content-language": recipient.language,
        ...(status === 503 || status === 429 ? { "retry-after": "60" } : {}),
        // As a header, because a <meta> refresh disturbs screen readers.
        ...(refresh === null ? {} : { refresh: `${refresh.afterSeconds}; url=${refresh.href}` }),
      })
      .send(renderPayPage(page, facts, recipient, theme));
  };
}

export type Handler = (request: TokenRequest, reply: FastifyReply) => Promise<FastifyReply>;

/** Wraps a handler that needs an authentic link. Any other token gets the page that says what is wrong. */
export function withLink(
  context: PageContext,
  handle: (
    claim: Access,
    show: ShowPage,
    request: TokenRequest,
    reply: FastifyReply,
  ) => Promise<FastifyReply>,
): Handler {
  return async (request, reply) => {
    const show = showPageFor(request, reply, context);
    const claim = claimOf(request, context);
    if ("page" in claim) return await show(claim.status, claim.page);
    return await handle(claim, show, request, reply);
  };
}
