/**
 * The step that takes traces of a build argument out of the history.
 *
 * @module
 */
import type { CompileExpression } from "../../filter/regexp.ts";
import { imagesFor, type Step } from "../step.ts";
import { type ConfigNode, historyOf } from "../tree.ts";

/** Stands between the parts of a line; no line of a history has it. */
const MARK = "\0";

/**
 * Takes a build argument out of the history: the entry that declares it, and its value from the lines of commands, in the words of
 * BuildKit (`RUN |1 NAME=value command`) and of Docker's builder before it (`|1 NAME=value command`).
 *
 * @param value expression in Go's syntax that matches the value
 * @throws {FerryError} FLAG_INVALID where the expression is not valid
 */
export function removeBuildArg(name: string, value: string, compile: CompileExpression): Step {
  compile(value);
  const declared = compile(`(?s:(?:ARG|/bin/sh -c #\\(nop\\)\\s+ARG) ${literal(name)}(?:=.*|))`);
  const used = compile(
    `(?s:(?P<head>RUN |)\\|(?P<count>[0-9]+) (?P<before>.*)${literal(name)}=(?:${value})(?P<after>.*))`,
  );
  const parts = used.rewriter(`\${head}${MARK}\${count}${MARK}\${before}${MARK}\${after}`);
  const cut = (line: string): string => {
    const [head = "", count = "", before = "", after = ""] = parts(line)?.split(MARK) ?? [];
    // The end of another argument's name is none of ours.
    if (count === "" || (before !== "" && !before.endsWith(" "))) return line;
    return Number(count) === 1 && before === ""
      ? `${head}${head === "" ? after.trimStart() : after}`
      : `${head}|${Number(count) - 1} ${before}${after}`;
  };
  return (work) => {
    for (const { config } of imagesFor(work, [])) changeHistory(config, (line) => declared.matches(line), cut);
  };
}

function changeHistory(config: ConfigNode, isDeclared: (line: string) => boolean, cut: (line: string) => string): void {
  const history = historyOf(config);
  if (history.length === 0) return;
  const lineOf = (line: unknown) => typeof line === "string" ? line : "";
  config.json.history = history.filter((step) => step.empty_layer !== true || !isDeclared(lineOf(step.created_by)));
  for (const step of historyOf(config)) {
    const line = lineOf(step.created_by);
    const left = cut(line);
    if (left !== line) Object.assign(step, { created_by: left });
  }
}

/** An expression that matches just this text. */
export function literal(text: string): string {
  return text.replace(/[\\^$.*+?()[\]{}|]/g, "\\$&");
}
