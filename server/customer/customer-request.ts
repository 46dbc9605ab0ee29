import rateLimit from "@fastify/rate-limit";
import type { FastifyInstance, FastifyReply, FastifyRequest } from "fastify";
import type { Instant } from "../../domain/values/time.ts";
import type { Brand } from "../../platform/customer/brand.ts";
import { type LinkClaim, type LinkSigner, verifyLink } from "../../platform/link-token.ts";
import type { Log } from "../../platform/log.ts";
import type { Recoveries } from "../temporal/recoveries.ts";
import { browserRecipient } from "./browser-recipient.ts";
import { type Look, type PayPage, renderPayPage } from "./pay-page.ts";

export type CustomerPageDependencies = {
  readonly links: LinkSigner;
  readonly recoveries: Recoveries;
  readonly brand: Brand;
  readonly publicUrl: string;
  readonly log: Log;
  readonly now: () => Instant;
};

/** What handlers of customers' pages are made of. */
export type Parts = CustomerPageDependencies & { readonly look: Look };

export type TokenRequest = FastifyRequest<{
  Params: { token: string };
  Querystring: Readonly<Record<string, unknown>>;
}>;

export type Limiter = (request: FastifyRequest) => Promise<boolean>;

/** Counts for each debt by itself, whoever asks, in this process. @returns what says whether a request is one too many */
export async function createLimiters(
  scope: FastifyInstance,
): Promise<(perMinute: number) => Limiter> {
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

/** What is signed of a token. */
function keyOf(request: FastifyRequest): string {
  const { token } = request.params as { token: string };
  return token.split(".")[0] ?? "";
}

type Refused = { readonly status: number; readonly page: PayPage };

/** What the token stands for, or the page that says that it stands for nothing. */
function claimOf(
  request: TokenRequest,
  { links, now }: CustomerPageDependencies,
): LinkClaim | Refused {
  const verdict = verifyLink(links, request.params.token, now());
  switch (verdict.kind) {
    case "valid":
      return verdict.claim;
    case "expired":
      return { status: 410, page: { kind: "expired" } };
    case "invalid":
      return { status: 404, page: { kind: "unknown" } };
  }
}

export type Shower = (status: number, page: PayPage) => Promise<FastifyReply>;

/** Answers a request with a page in the customer's language. */
function showerOf(request: TokenRequest, reply: FastifyReply, { look, now }: Parts): Shower {
  const recipient = browserRecipient(request, look.brand, now());
  return async (status, page) => {
    const again = page.kind === "being_processed" ? page.again : null;
    return await reply
      .code(status)
      .headers({
        ...look.headers,
        "content-language": recipient.language,
        ...(status === 503 || status === 429 ? { "retry-after": "60" } : {}),
        // Not in the page: what reads it aloud is not interrupted by an element of it.
        ...(again === null ? {} : { refresh: `${again.afterS}; url=${again.href}` }),
      })
      .send(renderPayPage(page, recipient, look));
  };
}

export type Handler = (request: TokenRequest, reply: FastifyReply) => Promise<FastifyReply>;

/** A request by a customer's link; whose token stands for nothing gets the page that says so. */
export function byLink(
  parts: Parts,
  handle: (
    claim: LinkClaim,
    show: Shower,
    request: TokenRequest,
    reply: FastifyReply,
  ) => Promise<FastifyReply>,
): Handler {
  return async (request, reply) => {
    const show = showerOf(request, reply, parts);
    const claim = claimOf(request, parts);
    if ("page" in claim) return await show(claim.status, claim.page);
    return await handle(claim, show, request, reply);
  };
}
