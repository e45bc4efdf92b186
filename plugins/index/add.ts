import type { CommandResult, Context, InputOf } from "../../src/mod.ts";
import { entriesOf, indexOf, withoutDoubles } from "./entries.ts";
import type { add } from "./specs.ts";
import { storeChanged } from "./store.ts";

/** Handler of `index add`. */
export default async function extend(context: Context, { args, flags }: InputOf<typeof add>): Promise<CommandResult> {
  const { signal } = context;
  const transport = await context.transport(args.index);
  try {
    const index = await indexOf(transport, args.index, signal);
    const entries = await entriesOf(context, transport, args.index, flags);
    return await storeChanged(transport, args.index, index, withoutDoubles([...index.manifests, ...entries]), signal);
  } finally {
    await transport.close(args.index);
  }
}
