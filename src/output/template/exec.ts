/**
 * Runs the tree of a template (Go, text/template, "Actions").
 *
 * @module
 */
import { MAX_DEPTH, MAX_OUTPUT } from "./budget.ts";
import { EvaluationError, Evaluator } from "./eval.ts";
import { executionMessage, fail, type Source } from "./failure.ts";
import type { FunctionContext } from "./functions.ts";
import type { BranchNode, Node, StatementNode, TemplateNode } from "./nodes.ts";
import type { Trees } from "./parse.ts";
import { Printer } from "./print.ts";
import { quote } from "./quote.ts";
import { fromHost, GoInt, integerOf, isInteger, isMap, itemAt, itemsOf } from "./value.ts";

/** How a node ended. */
type Signal = undefined | "break" | "continue";

/**
 * Runs a template and gives its text, where bytes that are not UTF-8 are lone surrogates.
 *
 * @throws {FerryError} TEMPLATE_INVALID
 */
export function execute(source: Source, trees: Trees, data: unknown, context: FunctionContext): string {
  return new Run(source, trees, context).template(source.name, fromHost(data) ?? undefined);
}

class Run {
  readonly #source: Source;
  readonly #trees: Trees;
  readonly #context: FunctionContext;
  readonly #printer: Printer;
  #out = "";
  #depth = 0;

  constructor(source: Source, trees: Trees, context: FunctionContext) {
    this.#source = source;
    this.#trees = trees;
    this.#context = context;
    this.#printer = new Printer(context.budget);
  }

  /** Runs the template of that name and gives all text so far. */
  template(name: string, dot: unknown): string {
    const root = this.#trees.get(name)!;
    const scope = new Evaluator(this.#context, dot, root);
    try {
      this.#walk(scope, dot, root);
    } catch (error) {
      throw this.#failure(name, scope.node, error);
    }
    return this.#out;
  }

  #failure(name: string, node: Node, error: unknown): unknown {
    if (error instanceof EvaluationError) {
      const place = { text: this.#source.text, pos: error.node.pos };
      return fail(executionMessage(this.#source, name, error.node, error.message), error.hint, error.cause, place);
    }
    // The engine's stack overflows before a bound of ours is met.
    const place = { text: this.#source.text, pos: node.pos };
    if (error instanceof RangeError) {
      return fail(executionMessage(this.#source, name, node, "exceeded maximum depth"), undefined, error, place);
    }
    if (error instanceof Error && error.name === "Error") {
      return fail(executionMessage(this.#source, name, node, error.message), undefined, error, place);
    }
    return error;
  }

  #write(text: string): void {
    this.#out += text;
    if (this.#out.length > MAX_OUTPUT) this.#context.budget.characters(this.#out.length);
  }

  #walk(scope: Evaluator, dot: unknown, node: StatementNode): Signal {
    scope.node = node;
    this.#context.budget.step();
    switch (node.kind) {
      case "text":
        this.#write(node.text);
        return undefined;
      case "action": {
        const value = scope.pipeline(dot, node.pipe);
        if (node.pipe.variables.length > 0) return undefined;
        scope.node = node;
        if (typeof value === "string") this.#write(value);
        else this.#write(value === undefined ? "<no value>" : this.#printer.print(value, "v"));
        return undefined;
      }
      case "list":
        for (const child of node.nodes) {
          const signal = this.#walk(scope, dot, child);
          if (signal !== undefined) return signal;
        }
        return undefined;
      case "if":
      case "with":
        return this.#branch(scope, dot, node);
      case "range":
        return this.#range(scope, dot, node);
      case "template":
        return this.#call(scope, dot, node);
    }
    return node.kind;
  }

  #branch(scope: Evaluator, dot: unknown, node: BranchNode): Signal {
    const mark = scope.mark();
    const value = scope.pipeline(dot, node.pipe);
    let signal: Signal;
    if (this.#context.budget.truth(value)) signal = this.#walk(scope, node.kind === "with" ? value : dot, node.list);
    else if (node.otherwise !== undefined) signal = this.#walk(scope, dot, node.otherwise);
    scope.release(mark);
    return signal;
  }

  #range(scope: Evaluator, dot: unknown, node: BranchNode): Signal {
    const outer = scope.mark();
    const value = scope.pipeline(dot, node.pipe);
    const inner = scope.mark();
    let ran = false;
    let signal: Signal;
    for (const [key, item] of this.#items(scope, value, node)) {
      ran = true;
      this.#setVariables(scope, node, key, item);
      const ended = this.#walk(scope, item, node.list);
      scope.release(inner);
      if (ended === "break") break;
    }
    if (!ran && node.otherwise !== undefined) signal = this.#walk(scope, dot, node.otherwise);
    scope.release(outer);
    return signal;
  }

  #setVariables(scope: Evaluator, node: BranchNode, key: unknown, item: unknown): void {
    const { variables, assigns } = node.pipe;
    const [first, second] = variables;
    if (first === undefined) return;
    if (assigns) {
      scope.set(first.path[0]!, second === undefined ? item : key);
      if (second !== undefined) scope.set(second.path[0]!, item);
    } else {
      scope.setTop(1, item);
      if (second !== undefined) scope.setTop(2, key);
    }
  }

  *#items(scope: Evaluator, value: unknown, node: BranchNode): Generator<readonly [unknown, unknown]> {
    if (value === undefined) return;
    if (isInteger(value)) {
      if (node.pipe.variables.length > 1) {
        scope.fail(`can't use ${this.#printer.print(value, "v")} to iterate over more than one variable`);
      }
      for (let at = 0n; at < integerOf(value); at++) {
        yield [undefined, value instanceof GoInt ? new GoInt(at, value.type) : at];
      }
    } else if (itemsOf(value) !== undefined) {
      for (let at = 0, length = itemsOf(value)!.length; at < length; at++) yield [BigInt(at), itemAt(value, at)];
    } else if (isMap(value)) {
      for (const key of this.#context.budget.keys(value)) yield [key, fromHost(value[key])];
    } else scope.fail(`range can't iterate over ${this.#printer.print(value, "v")}`);
  }

  #call(scope: Evaluator, dot: unknown, node: TemplateNode): Signal {
    if (!this.#trees.has(node.name)) {
      const names = [...this.#trees.keys()].filter((name) => name !== this.#source.name);
      const hint = names.length === 0 ? "define it with {{define}}" : `defined templates are: ${names.join(", ")}`;
      scope.fail(`template ${quote(node.name)} not defined`, hint);
    }
    if (this.#depth >= MAX_DEPTH) scope.fail(`exceeded maximum template depth (${MAX_DEPTH})`);
    const value = scope.pipeline(dot, node.pipe);
    this.#depth++;
    this.template(node.name, value);
    this.#depth--;
    return undefined;
  }
}
