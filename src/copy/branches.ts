/**
 * Splits a stream of bytes. The next piece is read when every branch wants one, so that nothing piles up; a branch that is cancelled
 * holds up nobody.
 *
 * @param count how many branches
 */
export function branches(
  body: ReadableStream<Uint8Array<ArrayBuffer>>,
  count: number,
): readonly ReadableStream<Uint8Array<ArrayBuffer>>[] {
  const reader = body.getReader();
  const live = new Set<Branch>();
  let reading = false;
  const next = async () => {
    if (reading || live.size === 0) return;
    for (const branch of live) if (branch.wants === undefined) return;
    reading = true;
    try {
      const { done, value } = await reader.read();
      reading = false;
      let rest = live.size;
      for (const branch of [...live]) {
        const { wants } = branch;
        branch.wants = undefined;
        // A stream of bytes takes over the memory of a piece: the last branch gets the piece itself, the others copies of it.
        if (done) end(branch);
        else branch.controller.enqueue(--rest === 0 ? value : value.slice());
        wants?.();
      }
    } catch (error) {
      reading = false;
      for (const branch of [...live]) {
        live.delete(branch);
        branch.controller.error(error);
        branch.wants?.();
      }
    }
  };
  const end = (branch: Branch) => {
    live.delete(branch);
    branch.controller.close();
    // Who reads into memory of its own learns of the end this way.
    branch.controller.byobRequest?.respond(0);
  };
  return Array.from({ length: count }, () => {
    let branch: Branch;
    return new ReadableStream({
      type: "bytes",
      start: (controller) => {
        branch = { controller, wants: undefined };
        live.add(branch);
      },
      pull: () =>
        new Promise<void>((resolve) => {
          branch.wants = resolve;
          void next();
        }),
      cancel: async (reason) => {
        live.delete(branch);
        branch.wants?.();
        if (live.size === 0) await reader.cancel(reason);
        else void next();
      },
    }, { highWaterMark: 0 });
  });
}

interface Branch {
  readonly controller: ReadableByteStreamController;
  /** Ends the branch's wait for a piece; undefined while it does not wait. */
  wants: (() => void) | undefined;
}
