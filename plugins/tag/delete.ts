import {
  type CommandResult,
  type Context,
  FerryError,
  formatReference,
  type InputOf,
  isFerryError,
} from "../../src/mod.ts";
import type { deleteTag } from "./mod.ts";

/** Handler of `tag delete`. */
export default async function remove(
  context: Context,
  { args, flags }: InputOf<typeof deleteTag>,
): Promise<CommandResult> {
  const { image } = args;
  if (image.tag === "" || image.digest !== "") {
    throw new FerryError("ARGUMENT_INVALID", `Reference "${formatReference(image)}" does not name a tag alone`, {
      hint: "write repository:tag; image delete deletes a manifest by its digest",
    });
  }
  const transport = await context.transport(image);
  try {
    await transport.deleteTag(image, { signal: context.signal });
    await transport.close(image);
  } catch (error) {
    if (flags["ignore-missing"] !== true || !isFerryError(error, "MANIFEST_UNKNOWN", "NAME_UNKNOWN")) throw error;
  }
  return {};
}
