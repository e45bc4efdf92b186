/**
 * Rate limits, and waiting for them.
 *
 * @module
 */
import {
  formatDuration,
  type LuaFunction,
  LuaResults,
  type LuaValue,
  type RateLimit,
  type Reference,
} from "../../../src/mod.ts";
import { referenceAt } from "./objects.ts";
import { durationAt } from "./options.ts";
import { attempt, nameOf, type Session } from "./session.ts";

const NOT_SET: RateLimit = { remain: 0, limit: 0, reset: 0, set: false, policies: [] };

/** `m:ratelimit()`: pulls left, under Go's names. */
export function rateLimitFunction(session: Session): LuaFunction {
  return async (call) => {
    const reference = referenceAt(session, call, 1);
    const limit = await ask(session, reference, call.signal);
    return fieldsOf(limit);
  };
}

/** `image.ratelimitWait(ref, limit [, poll [, timeout]])`: true when enough pulls are left, false when it took too long. */
export function rateLimitWaitFunction(session: Session): LuaFunction {
  return async (call) => {
    const reference = referenceAt(session, call, 1);
    const wanted = call.integer(2);
    const poll = durationAt(call, 3, "5m", "rate limit frequency");
    const timeout = durationAt(call, 4, "6h", "timeout");
    const { clock, log } = session.context;
    const end = clock.now() + timeout;
    for (;;) {
      const limit = await ask(session, reference, call.signal);
      if (!limit.set || limit.remain >= wanted) return new LuaResults(true);
      log.info("Delaying for ratelimit", {
        script: session.script,
        image: nameOf(reference),
        current: limit.remain,
        target: wanted,
        delay: formatDuration(poll),
      });
      const left = end - clock.now();
      if (left <= 0) return new LuaResults(false);
      await clock.sleep(Math.min(poll, left), call.signal);
      if (poll >= left) return new LuaResults(false);
    }
  };
}

async function ask(session: Session, reference: Reference, signal: AbortSignal): Promise<RateLimit> {
  if (reference.scheme !== "reg") return NOT_SET;
  return await attempt(
    `Failed checking "${nameOf(reference)}" manifest`,
    async () => await (await session.context.registry()).rateLimit(reference, { signal }),
  );
}

function fieldsOf({ limit, policies, remain, reset, set }: RateLimit): LuaValue {
  return { Remain: remain, Limit: limit, Reset: reset, Set: set, Policies: policies };
}
