import type { Settings } from "../settings.ts";

export type RateLimiter = {
  readonly take: (
    limit: Settings["rateLimit"],
    now: number,
  ) => { readonly allowed: boolean; readonly headers: Record<string, string> };
  readonly reset: () => void;
};

const WINDOWS = [
  { lengthMs: 1_000, field: "perSecond" },
  { lengthMs: 60_000, field: "perMinute" },
] as const;

type Count = { startedAt: number; used: number };

/**
 * Fixed windows of a second and of a minute; the headers tell of the one that has least left.
 * @source dodo.md 8.1, which names the headers and not their units: a reset is in seconds since 1970
 */
export function createRateLimiter(): RateLimiter {
  const counts: Count[] = WINDOWS.map(() => ({ startedAt: 0, used: 0 }));
  return {
    reset: () => {
      for (const count of counts) Object.assign(count, { startedAt: 0, used: 0 });
    },
    take: (limit, now) => {
      if (limit === null) return { allowed: true, headers: {} };
      const states = WINDOWS.map(({ lengthMs, field }, index) => {
        const windowMs = lengthMs * limit.windowScale;
        const count = counts[index] ?? { startedAt: now, used: 0 };
        if (now - count.startedAt >= windowMs) Object.assign(count, { startedAt: now, used: 0 });
        count.used += 1;
        return {
          allowed: limit[field],
          left: limit[field] - count.used,
          resetAt: count.startedAt + windowMs,
        };
      });
      const tightest = states.reduce((a, b) => (b.left < a.left ? b : a));
      return {
        allowed: tightest.left >= 0,
        headers: {
          "x-ratelimit-limit": String(tightest.allowed),
          "x-ratelimit-remaining": String(Math.max(0, tightest.left)),
          "x-ratelimit-reset": String(Math.ceil(tightest.resetAt / 1_000)),
        },
      };
    },
  };
}
