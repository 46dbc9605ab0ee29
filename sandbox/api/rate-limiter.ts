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
 * Fixed windows of a second and of a minute. The headers describe the window with the fewest requests left. Dodo names
 * the headers without their units; the sandbox sends the reset in seconds since 1970.
 * @source docs/dodo/api.md, "Rate limits"
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
          limit: limit[field],
          remaining: limit[field] - count.used,
          resetAt: count.startedAt + windowMs,
        };
      });
      const tightest = states.reduce((a, b) => (b.remaining < a.remaining ? b : a));
      return {
        allowed: tightest.remaining >= 0,
        headers: {
          "x-ratelimit-limit": String(tightest.limit),
          "x-ratelimit-remaining": String(Math.max(0, tightest.remaining)),
          "x-ratelimit-reset": String(Math.ceil(tightest.resetAt / 1_000)),
        },
      };
    },
  };
}
