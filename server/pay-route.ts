import type { FastifyInstance, FastifyReply, FastifyRequest } from "fastify";
import type { Instant } from "../domain/time.ts";
import { verifyLink, type LinkClaim, type LinkSigner } from "../platform/link-token.ts";
import type { Log } from "../platform/log.ts";
import { PAGE_HEADERS, renderPayPage, type PayPage } from "./pay-page.ts";
import type { LinkResult, Recoveries } from "./recoveries.ts";

export type PayRouteDependencies = {
  readonly links: LinkSigner;
  readonly recoveries: Recoveries;
  readonly log: Log;
  readonly now: () => Instant;
};

type TokenRequest = FastifyRequest<{ Params: { token: string } }>;

/**
 * The customer's page. GET shows what is owed and changes nothing, so that mail scanners may follow the link;
 * the button's POST asks the recovery for Dodo's hosted page.
 */
export function addPayRoutes(app: FastifyInstance, dependencies: PayRouteDependencies): void {
  const { recoveries, log } = dependencies;
  app.get("/pay/:token", async (request: TokenRequest, reply) => {
    const claim = claimOf(request, dependencies);
    if ("page" in claim) return await show(reply, claim.status, claim.page);
    try {
      const view = await recoveries.view(claim.subscriptionId, claim.debtId);
      return await show(reply, 200, view);
    } catch (error) {
      log.error({ event: "pay_view_failed", err: error });
      return await show(reply, 503, { kind: "unavailable" });
    }
  });

  app.post("/pay/:token", { bodyLimit: 1_024 }, async (request: TokenRequest, reply) => {
    const claim = claimOf(request, dependencies);
    if ("page" in claim) return await show(reply, claim.status, claim.page);
    if (isForeign(request)) return await show(reply, 403, { kind: "unknown" });
    const { subscriptionId, debtId } = claim;
    try {
      const result = await recoveries.createPaymentLink(subscriptionId, debtId);
      log.info({ event: "pay_pressed", subscriptionId, result: result.kind });
      return await answer(reply, result);
    } catch (error) {
      log.error({ event: "pay_link_failed", subscriptionId, err: error });
      return await show(reply, 503, { kind: "unavailable" });
    }
  });
}

type Refused = { readonly status: number; readonly page: PayPage };

function claimOf(request: TokenRequest, { links, now }: PayRouteDependencies): LinkClaim | Refused {
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

/** A form of another site: browsers say so. */
function isForeign(request: FastifyRequest): boolean {
  const site = request.headers["sec-fetch-site"];
  return site !== undefined && site !== "same-origin" && site !== "none";
}

async function answer(reply: FastifyReply, result: LinkResult): Promise<FastifyReply> {
  if (result.kind === "page") {
    return await reply.code(303).headers(PAGE_HEADERS).header("location", result.url).send();
  }
  switch (result.code) {
    case "nothing_owed":
    case "stale_link":
      return await show(reply, 409, { kind: "nothing_owed" });
    case "being_processed":
      return await show(reply, 409, { kind: "being_processed" });
    case "not_now":
    case "barred":
    case "not_applicable":
      return await show(reply, 503, { kind: "unavailable" });
  }
}

async function show(reply: FastifyReply, status: number, page: PayPage): Promise<FastifyReply> {
  const retry = status === 503 ? { "retry-after": "60" } : {};
  return await reply
    .code(status)
    .headers({ ...PAGE_HEADERS, ...retry })
    .send(renderPayPage(page));
}
