import {
  context,
  type Context,
  propagation,
  ROOT_CONTEXT,
  type Span,
  SpanKind,
  SpanStatusCode,
  trace,
} from "@opentelemetry/api";
import { AsyncLocalStorageContextManager } from "@opentelemetry/context-async-hooks";
import { W3CTraceContextPropagator } from "@opentelemetry/core";
import { OTLPTraceExporter } from "@opentelemetry/exporter-trace-otlp-http";
import { resourceFromAttributes } from "@opentelemetry/resources";
import { BatchSpanProcessor, TracerProvider } from "@opentelemetry/sdk-trace";
import { setTimeout as delay } from "node:timers/promises";
import { nameOf } from "../../domain/values/own-error.ts";
import { buildInfo } from "../metrics/build-info.ts";
import type { Carrier, NewSpan, Tracing } from "./tracing.ts";

/** An ending process waits no longer for the receiver. */
const LAST_SPANS_MS = 2_000;

const KINDS = {
  server: SpanKind.SERVER,
  client: SpanKind.CLIENT,
  consumer: SpanKind.CONSUMER,
} as const;

/** Reports spans by OTLP over HTTP. A receiver that is down, or slow, delays nothing: spans beyond the queue are dropped. */
export function openTelemetry(endpoint: string, serviceName: string): Tracing {
  const exporter = new OTLPTraceExporter({ url: `${endpoint.replace(/\/+$/, "")}/v1/traces` });
  const provider = new TracerProvider({
    resource: resourceFromAttributes({
      "service.name": serviceName,
      "service.version": buildInfo().version,
    }),
    spanProcessors: [new BatchSpanProcessor({ exporter })],
  });
  context.setGlobalContextManager(new AsyncLocalStorageContextManager().enable());
  propagation.setGlobalPropagator(new W3CTraceContextPropagator());
  const tracer = provider.getTracer("reprise");
  const started = ({ name, kind, attributes, parent, link }: NewSpan, startTime?: number) => {
    const linked = link === undefined ? undefined : trace.getSpanContext(contextOf(link));
    const root = linked !== undefined;
    const links = linked === undefined ? [] : [{ context: linked }];
    const from = parent === undefined ? context.active() : contextOf(parent);
    const given = startTime === undefined ? {} : { startTime };
    return tracer.startSpan(name, { kind: KINDS[kind], attributes, links, root, ...given }, from);
  };
  return {
    inSpan: async (given, work) => {
      const span = started(given);
      try {
        const active = trace.setSpan(context.active(), span);
        return await context.with(active, () => work((more) => void span.setAttributes(more)));
      } catch (error) {
        fail(span, nameOf(error));
        throw error;
      } finally {
        span.end();
      }
    },
    ended: (given, seconds, isFailed) => {
      const span = started(given, performance.now() - seconds * 1_000);
      if (isFailed) fail(span, "unanswered");
      span.end();
    },
    carrier: () => {
      const carrier: Record<string, string> = {};
      propagation.inject(context.active(), carrier);
      return carrier;
    },
    stop: async () => {
      await Promise.race([provider.shutdown(), delay(LAST_SPANS_MS, null, { ref: false })]).catch(
        () => null,
      );
    },
  };
}

function contextOf(carrier: Carrier): Context {
  return propagation.extract(ROOT_CONTEXT, carrier);
}

/** An error's text may quote an answer, so a span has its class alone. */
function fail(span: Span, type: string): void {
  span.setAttribute("error.type", type);
  span.setStatus({ code: SpanStatusCode.ERROR });
}
