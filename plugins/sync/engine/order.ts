/**
 * Which steps wait for others: steps run side by side, but one that reads what another writes comes after it, as it would in the file's order.
 *
 * @module
 */
import type { SyncStep } from "../file/types.ts";

/** Places in `steps` of the earlier steps that each step waits for. */
export function stepsBefore(steps: readonly SyncStep[]): readonly (readonly number[])[] {
  return steps.map((step, at) =>
    steps.slice(0, at).flatMap((earlier, before) => {
      const reads = earlier.targets.some(({ target }) =>
        overlaps(placeOf(target, earlier), placeOf(step.source, step))
      );
      const rewrites = earlier.targets.some(({ target }) =>
        step.targets.some((own) => own.target === target && step.type === "image")
      );
      return reads || rewrites ? [before] : [];
    })
  );
}

/** The place without tag and digest. */
function placeOf(text: string, { type }: SyncStep): string {
  const bare = text.replace(/@.*$/, "");
  return type === "image" ? bare.replace(/:[^/:]*$/, "") : bare;
}

/** True when one is the other, or above it. */
function overlaps(one: string, other: string): boolean {
  return one === other || one.startsWith(`${other}/`) || other.startsWith(`${one}/`);
}
