/**
 * Candidates for tags.
 *
 * @module
 */
import { isTag } from "../../reference/grammar.ts";
import { tryParseReference } from "../../reference/parse.ts";
import type { Reference } from "../../reference/reference.ts";
import { PAGE, paged } from "./pages.ts";
import type { ValueQuestion } from "./values.ts";

/** Tags that stand for digests and their signatures: nobody types them from the start. */
const DIGEST_TAG = /^sha(256|512)-/;

/** Offers the tags of the reference on the command line. */
export async function offerTags(question: ValueQuestion): Promise<void> {
  const { answer, prefix, reference = "", text } = question;
  const parsed = tryParseReference(reference);
  if (parsed === undefined) return;
  for await (const tag of tagsOf(parsed, question)) if (tag.startsWith(text)) answer.add(prefix + tag);
}

/** Offers the tags of a repository or layout, each behind its name as it was typed. */
export async function offerTagsBehind(name: string, question: ValueQuestion): Promise<void> {
  const { answer, prefix, text } = question;
  const parsed = tryParseReference(name);
  if (parsed === undefined) return;
  const begun = text.slice(name.length + 1);
  answer.ends();
  for await (const tag of tagsOf(parsed, question)) {
    const meant = begun !== "" || !DIGEST_TAG.test(tag);
    if (meant && tag.startsWith(begun)) answer.add(`${prefix}${name}:${tag}`);
  }
}

async function* tagsOf(reference: Reference, { context, signal }: ValueQuestion): AsyncGenerator<string> {
  const transport = await context().transport(reference);
  const tags = paged(async (last) => (await transport.listTags(reference, { signal, limit: PAGE, ...last })).tags);
  for await (const tag of tags) if (isTag(tag)) yield tag;
}
