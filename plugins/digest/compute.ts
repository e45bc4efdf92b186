import {
  type CommandResult,
  type Context,
  DigestVerifier,
  type InputOf,
  parseDigest,
  structData,
} from "../../src/mod.ts";
import type { digest } from "./mod.ts";

/** Handler of `digest`. */
export default async function compute(
  context: Context,
  { flags }: InputOf<typeof digest>,
): Promise<CommandResult> {
  const verifier = new DigestVerifier(flags.algorithm);
  for await (const piece of context.stdin) {
    context.signal.throwIfAborted();
    verifier.update(piece);
  }
  const text = verifier.digest();
  const { algorithm, encoded } = parseDigest(text);
  return {
    text: () => text,
    data: () =>
      structData({
        type: "digest.Digest",
        methods: { String: () => text, Algorithm: () => algorithm, Encoded: () => encoded, Hex: () => encoded },
        text: () => text,
        json: () => text,
      }),
  };
}
