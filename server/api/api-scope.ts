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
