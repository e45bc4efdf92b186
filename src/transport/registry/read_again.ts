import { isTransient } from "../../http/failure.ts";
import type { RegistryAnswer } from "../../http/request.ts";
import type { CallOptions } from "../transport.ts";
import type { RegistryContext } from "./context.ts";

/** Times that an answer is asked for. */
const ROUNDS = 3;

/**
 * Asks and reads the answer; one that breaks off or comes to a standstill is asked for again. Failures of the asking itself were
 * tried often enough by then and are passed on.
 */
export async function readAgain<T>(
  context: RegistryContext,
  options: CallOptions,
  ask: () => Promise<RegistryAnswer>,
  read: (answer: RegistryAnswer) => Promise<T>,
): Promise<T> {
  for (let round = 1;; round++) {
    const answer = await ask();
    try {
      return await read(answer);
    } catch (error) {
      options.signal?.throwIfAborted();
      if (!isTransient(error) || round >= ROUNDS) throw error;
      context.log?.debug("answer broke off, asking again", { error: String(error) });
      await context.http.clock.sleep(100 * 2 ** round, options.signal);
    }
  }
}
