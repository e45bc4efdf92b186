import {
  type Context,
  FerryError,
  fileBytes,
  type LayerToAdd,
  localPlatform,
  parsePlatform,
  type RewriteModule,
} from "../../src/mod.ts";
import { invalid, optionsOf } from "./mod_values.ts";

const OPTIONS: readonly string[] = ["tar", "dir", "platform", "mediaType"];

/**
 * The layer that `--layer-add` asks for.
 *
 * @throws {FerryError} FLAG_INVALID, NOT_FOUND where the file or folder is not there
 */
export async function layerToAdd(
  value: string,
  flag: string,
  { packFolder }: RewriteModule,
  context: Context,
): Promise<LayerToAdd> {
  const options = optionsOf(value, flag);
  const unknown = [...options.keys()].find((key) => !OPTIONS.includes(key));
  if (unknown !== undefined) throw invalid(flag, unknown, "is no option", `use ${OPTIONS.join(", ")}`);
  const [tar, dir] = [options.get("tar")?.at(-1), options.get("dir")?.at(-1)];
  if ((tar === undefined) === (dir === undefined)) {
    throw invalid(flag, value, "must name one archive or one folder", "write tar=file or dir=folder");
  }
  const path = tar ?? dir!;
  const info = await Deno.stat(path).catch((cause) => {
    throw new FerryError("NOT_FOUND", `There is no layer to add at "${path}"`, { cause });
  });
  if (info.isDirectory !== (dir !== undefined)) {
    throw invalid(flag, path, info.isDirectory ? "is a folder" : "is no folder", "write tar=file or dir=folder");
  }
  return {
    layer: {
      key: `${dir === undefined ? "tar" : "dir"} ${path}`,
      open: () => dir === undefined ? fileBytes(path) : packFolder(path),
    },
    mediaType: options.get("mediaType")?.at(-1),
    platforms: (options.get("platform") ?? []).map((text) => parsePlatform(text, localPlatform())),
    created: createdAt(context),
    comment: context.program === "regctl" ? "regclient" : "ferry",
  };
}

/** The time of new entries of the history: that of the environment, also as regctl spells it, or now. */
function createdAt(context: Context): string {
  const epoch = context.env("SOURCE_DATE_EPOCH") ?? context.env("SOURCE_DATE_EPOC") ?? "";
  const milliseconds = /^\d{1,11}$/.test(epoch) ? Number(epoch) * 1000 : context.clock.now();
  return new Date(milliseconds).toISOString().replace(/\.?0*Z$/, "Z");
}
