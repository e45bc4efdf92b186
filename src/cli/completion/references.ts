/**
 * Candidates for references: registries that are known, their repositories, tags, and layouts.
 *
 * @module
 */
import { isRegistry, isRepository } from "../../reference/grammar.ts";
import { LAYOUT_SCHEME, offerLayouts } from "./layouts.ts";
import { PAGE, paged } from "./pages.ts";
import { offerTagsBehind } from "./tags.ts";
import type { ValueQuestion } from "./values.ts";

/** Offers registries, then repositories, then tags where `tags` is set; or layouts and their tags. */
export async function offerReferences(question: ValueQuestion, tags: boolean): Promise<void> {
  const { answer, prefix, text } = question;
  if (text.includes("@")) return;
  if (text.startsWith(LAYOUT_SCHEME)) return await offerLayouts(question, tags);
  const slash = text.indexOf("/");
  if (slash < 0) {
    answer.goesOn();
    for (const name of await knownRegistries(question)) {
      if (name.startsWith(text)) answer.add(`${prefix}${name}/`);
    }
    answer.addMatching([LAYOUT_SCHEME], text, prefix);
    if (answer.isEmpty && tags && text.includes(":")) await offerTagsBehind(text.slice(0, text.indexOf(":")), question);
    return;
  }
  const colon = text.indexOf(":", text.lastIndexOf("/"));
  if (colon >= 0) return tags ? await offerTagsBehind(text.slice(0, colon), question) : undefined;
  // Nobody else is asked for what was not named in full.
  if ((await knownRegistries(question)).includes(text.slice(0, slash))) await offerRepositories(question, tags);
}

async function offerRepositories(question: ValueQuestion, tags: boolean): Promise<void> {
  const { answer, prefix, text } = question;
  const [registry, wanted] = [text.slice(0, text.indexOf("/")), text.slice(text.indexOf("/") + 1)];
  if (tags) answer.goesOn();
  let exact = false;
  try {
    for await (const name of repositories(question, registry)) {
      if (name === wanted && tags) exact = true;
      else if (name.startsWith(wanted)) answer.add(`${prefix}${registry}/${name}`);
    }
  } catch {
    // Many registries do not list their repositories; what is typed may be one nevertheless.
    exact = tags && isRepository(wanted);
  }
  if (!exact) return;
  if (answer.isEmpty) await offerTagsBehind(text, question);
  else answer.add(`${prefix}${text}:`);
}

/** Offers the registries that are known. */
export async function offerRegistries(question: ValueQuestion): Promise<void> {
  question.answer.addMatching(await knownRegistries(question), question.text, question.prefix);
}

async function* repositories(question: ValueQuestion, registry: string): AsyncGenerator<string> {
  const transport = await question.context().registry();
  const names = paged((last) =>
    transport.listRepositories(registry, { signal: question.signal, limit: PAGE, ...last })
  );
  for await (const name of names) if (isRepository(name)) yield name;
}

/** Registries of the command line and the configuration, then those with a login. A configuration that is broken has none. */
async function knownRegistries(question: ValueQuestion): Promise<readonly string[]> {
  const names = await question.context().config().then((config) => config.registries()).catch(() => []);
  return names.filter((name) => isRegistry(name));
}
