import { type Context, loadTemplate, type Template, type TemplateOptions } from "../../../src/mod.ts";

/** What templates of a sync file get their values from. */
export type TemplateContext = Pick<Context, "clock" | "env" | "plugins">;

/** How the templates in `text` are compiled: with the functions of plugins that it uses. */
export async function templateOptions(
  text: string,
  { clock, env, plugins }: TemplateContext,
): Promise<TemplateOptions> {
  return {
    env: (name) => env(name),
    now: () => clock.now(),
    functions: text.includes("{{") ? await plugins.templateFunctions(text) : {},
  };
}

/**
 * Compiles one template.
 *
 * @throws {FerryError} TEMPLATE_INVALID
 */
export async function compile(text: string, context: TemplateContext): Promise<Template> {
  const { compileTemplate } = await loadTemplate();
  return compileTemplate(text, await templateOptions(text, context));
}
