/**
 * Candidates for values of flags and arguments.
 *
 * @module
 */
import type { ArgSpec, CompletionKind, Context, FlagSpec } from "../../plugin.ts";
import { type Answer, DIRECTIVE } from "./answer.ts";
import type { Line } from "./line.ts";

/** What values are found for, and with. */
export interface ValueQuestion {
  /** What is typed of the value. */
  readonly text: string;
  /** Goes before every candidate. */
  readonly prefix: string;
  /** First reference on the command line, as it was typed. */
  readonly reference: string | undefined;
  /** Takes candidates. */
  readonly answer: Answer;
  /** Configuration and transports. */
  readonly context: () => Context;
  /** Stops the search when time is up. */
  readonly signal: AbortSignal;
}

type Offered = CompletionKind | readonly string[];

/** What stands for a value in help says what it is. */
const BY_PLACEHOLDER: Readonly<Record<string, CompletionKind>> = {
  file: "file",
  folder: "folder",
  registry: "registry",
  repository: "repository",
  tag: "tag",
};

/** Offers values at the cursor. */
export async function offerValue(
  line: Line,
  answer: Answer,
  open: () => Context,
  signal: AbortSignal,
): Promise<void> {
  const { cursor, found } = line;
  let context: Context | undefined;
  const question = {
    answer,
    signal,
    context: () => context ??= open(),
    reference: firstReference(line),
  };
  if (cursor.kind === "value") {
    const { flag, prefix, text } = cursor;
    // Of a list, the last is to be completed.
    const begun = isList(flag) ? text.slice(0, text.lastIndexOf(",") + 1) : "";
    await offer(offeredBy(flag), { ...question, text: text.slice(begun.length), prefix: prefix + begun });
  } else if (cursor.kind === "word" && found.kind === "command") {
    const spec = argAt(found.command.spec.args ?? [], line.args.length);
    if (spec !== undefined) await offer(offeredBy(spec), { ...question, text: line.current, prefix: "" });
  }
}

/** What completion offers for the values of a flag or an argument. */
export function offeredBy(spec: FlagSpec | ArgSpec): Offered {
  if (spec.complete !== undefined) return spec.complete;
  if ("choices" in spec && spec.choices !== undefined) return spec.choices;
  switch (spec.type) {
    case "boolean":
      return ["true", "false"];
    case "reference":
      return "placeholder" in spec && spec.placeholder === "repository" ? "repository" : "image";
    case "registry":
    case "platform":
      return spec.type;
    default:
      return ("placeholder" in spec ? BY_PLACEHOLDER[spec.placeholder ?? ""] : undefined) ?? "none";
  }
}

async function offer(offered: Offered, question: ValueQuestion): Promise<void> {
  const { answer, prefix, text } = question;
  switch (offered) {
    case "none":
      return;
    case "file":
      answer.directive = DIRECTIVE.files;
      return;
    case "folder":
      answer.directive = DIRECTIVE.folders;
      return;
    case "media-type": {
      const { MEDIA_TYPE } = await import("../../oci/media_type.ts");
      return answer.addMatching(Object.values(MEDIA_TYPE), text, prefix);
    }
    case "platform":
      return await (await import("./platforms.ts")).offerPlatforms(question);
    case "image":
    case "repository":
      return await (await import("./references.ts")).offerReferences(question, offered === "image");
    case "registry":
      return await (await import("./references.ts")).offerRegistries(question);
    case "tag":
      return await (await import("./tags.ts")).offerTags(question);
    default:
      return answer.addMatching(offered, text, prefix);
  }
}

function isList(flag: FlagSpec): boolean {
  return flag.commas === true || (flag.repeated === true && flag.type === "platform");
}

function argAt(specs: readonly ArgSpec[], at: number): ArgSpec | undefined {
  const last = specs.at(-1);
  return specs[at] ?? (last?.repeated === true ? last : undefined);
}

function firstReference({ args, found }: Line): string | undefined {
  const specs = found.kind === "command" ? found.command.spec.args ?? [] : [];
  return args.find((_, at) => argAt(specs, at)?.type === "reference");
}
