/**
 * Runs `work` for every item, in order, at most `most` at a time. The first failure stops the start of further ones; it is thrown when
 * all that had begun have ended, after `stop` was told, so that nothing goes on behind the caller's back.
 */
export async function inPool<T>(
  items: readonly T[],
  most: number,
  work: (item: T, index: number) => Promise<void>,
  stop?: (reason: unknown) => void,
): Promise<void> {
  let next = 0;
  let failed = false;
  let failure: unknown;
  const worker = async () => {
    while (next < items.length && !failed) {
      const index = next++;
      try {
        await work(items[index]!, index);
      } catch (error) {
        if (!failed) {
          failed = true;
          failure = error;
          stop?.(error);
        }
      }
    }
  };
  await Promise.all(Array.from({ length: Math.min(most, items.length) }, worker));
  if (failed) throw failure;
}
