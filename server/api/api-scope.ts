import type {
  FastifyBaseLogger,
  FastifyInstance,
  RawReplyDefaultExpression,
  RawRequestDefaultExpression,
  RawServerDefault,
} from "fastify";
import type { ZodTypeProvider } from "fastify-type-provider-zod";

declare module "fastify" {
  interface FastifyRequest {
    /** The name of the operator key that authenticated the request; empty until then. */
    operator: string;
    /** The `code` of the problem that is the answer; empty where it is none. */
    problemCode: string;
    /** The charge or the mandate that the request is for; empty where it is for neither. */
    affectedId: string;
  }
  interface FastifyContextConfig {
    /** The route needs no key. */
    isPublic?: boolean;
  }
}

/** The Fastify scope of `/v1`: route schemas are zod schemas, and a request that violates one is answered 422. */
export type ApiScope = FastifyInstance<
  RawServerDefault,
  RawRequestDefaultExpression,
  RawReplyDefaultExpression,
  FastifyBaseLogger,
  ZodTypeProvider
>;
