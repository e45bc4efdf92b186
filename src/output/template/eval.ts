/**
 * Values of pipelines, commands and operands (Go, text/template, "Pipelines", "Arguments").
 *
 * @module
 */
import { suggestion } from "../../cli/nearest.ts";
import { accepts, type FunctionContext, FUNCTIONS, type TemplateFunction } from "./functions.ts";
import type { CommandNode, IdentifierNode, Node, NumberNode, OperandNode, PipeNode } from "./nodes.ts";
import { nodeText } from "./nodes.ts";
import {
  fromHost,
  GoComplex,
  type GoFunction,
  GoInt,
  GoNil,
  GoValue,
  isMap,
  itemsOf,
  type Parameter,
  typeName,
} from "./value.ts";

/** Hint for what is not there. */
const GUARD = "it is not there: ask first, with {{with}} or {{if}}";

/** Stands for "no value came down the pipeline". */
const NOTHING = Symbol("nothing");
const FLOAT_CHARACTERS = /[.eEpP]/;

/** What went wrong, before it is known where. */
export class EvaluationError extends Error {
  /** Node that was evaluated. */
  readonly node: Node;
  /** How to fix it. */
  readonly hint: string | undefined;

  /** Message in Go's words. */
  constructor(node: Node, message: string, hint?: string, cause?: unknown) {
    super(message, cause === undefined ? undefined : { cause });
    this.node = node;
    this.hint = hint;
  }
}

interface Variable {
  readonly name: string;
  value: unknown;
}

/** Evaluates the pipelines of one template with its variables. */
export class Evaluator {
  /** Node at hand, which errors name. */
  node: Node;
  readonly #context: FunctionContext;
  readonly #variables: Variable[];

  /** `dot` is the value of `$`. */
  constructor(context: FunctionContext, dot: unknown, node: Node) {
    this.#context = context;
    this.#variables = [{ name: "$", value: dot }];
    this.node = node;
  }

  /** Number of variables, for {@linkcode Evaluator.release}. */
  mark(): number {
    return this.#variables.length;
  }

  /** Forgets the variables above the mark. */
  release(mark: number): void {
    this.#variables.length = mark;
  }

  /** Sets the variable declared last, or that before it. */
  setTop(back: number, value: unknown): void {
    this.#variables[this.#variables.length - back]!.value = value;
  }

  /** Sets an existing variable. */
  set(name: string, value: unknown): void {
    this.#find(name).value = value;
  }

  /** Ends the template. */
  fail(message: string, hint?: string, cause?: unknown): never {
    throw new EvaluationError(this.node, message, hint, cause);
  }

  /** Value of a pipeline; its variables are set. */
  pipeline(dot: unknown, pipe: PipeNode | undefined): unknown {
    if (pipe === undefined) return undefined;
    this.node = pipe;
    let value: unknown = NOTHING;
    for (const command of pipe.commands) value = this.#command(dot, command, value) ?? undefined;
    for (const { path: [name] } of pipe.variables) {
      if (pipe.assigns) this.set(name!, value);
      else this.#variables.push({ name: name!, value });
    }
    return value;
  }

  #find(name: string): Variable {
    for (let at = this.#variables.length - 1; at >= 0; at--) {
      const variable = this.#variables[at]!;
      if (variable.name === name) return variable;
    }
    this.fail(`undefined variable: ${name}`);
  }

  #command(dot: unknown, command: CommandNode, final: unknown): unknown {
    this.#context.budget.step();
    const first = command.args[0]!;
    switch (first.kind) {
      case "field":
        this.node = first;
        return this.#fields(dot, dot, first, first.path, 0, command.args, final);
      case "chain":
        return this.#chain(dot, first, command.args, final);
      case "identifier":
        return this.#function(dot, first, command, command.args, final);
      case "pipe":
        this.#noArguments(command.args, final);
        return this.pipeline(dot, first);
      case "variable":
        return this.#variable(dot, first, command.args, final);
    }
    this.node = first;
    this.#noArguments(command.args, final);
    switch (first.kind) {
      case "bool":
      case "string":
        return first.value;
      case "dot":
        return dot;
      case "number":
        return this.#constant(first);
      case "nil":
        this.fail("nil is not a command");
    }
  }

  #noArguments(args: readonly OperandNode[] | undefined, final: unknown): void {
    if ((args !== undefined && args.length > 1) || final !== NOTHING) {
      this.fail(`can't give argument to non-function ${args === undefined ? "" : nodeText(args[0]!)}`);
    }
  }

  #constant(number: NumberNode): unknown {
    this.node = number;
    const { source, complex, float, int } = number;
    if (complex !== undefined) return new GoComplex(complex[0], complex[1]);
    const hexInteger = /^0[xX][^pP]+$/.test(source);
    if (float !== undefined && !hexInteger && !source.startsWith("'") && FLOAT_CHARACTERS.test(source)) return float;
    return int ?? this.fail(`${source} overflows int`);
  }

  #variable(
    dot: unknown,
    node: OperandNode & { kind: "variable" },
    args: readonly OperandNode[] | undefined,
    final: unknown,
  ): unknown {
    this.node = node;
    const { value } = this.#find(node.path[0]!);
    if (node.path.length > 1) return this.#fields(dot, value, node, node.path, 1, args, final);
    this.#noArguments(args, final);
    return value;
  }

  #chain(
    dot: unknown,
    node: OperandNode & { kind: "chain" },
    args: readonly OperandNode[] | undefined,
    final: unknown,
  ): unknown {
    this.node = node;
    if (node.operand.kind === "nil") this.fail(`indirection through explicit nil in ${nodeText(node)}`);
    const value = this.#operand(dot, node.operand);
    return this.#fields(dot, value, node, node.path, 0, args, final);
  }

  /** The fields one after the other; arguments belong to the last. */
  #fields(
    dot: unknown,
    receiver: unknown,
    node: OperandNode,
    path: readonly string[],
    from: number,
    args: readonly OperandNode[] | undefined,
    final: unknown,
  ): unknown {
    let value = receiver;
    for (let at = from; at < path.length; at++) {
      const last = at === path.length - 1;
      value = this.#field(dot, path[at]!, node, last ? args : undefined, last ? final : NOTHING, value, at > from);
    }
    return value;
  }

  #field(
    dot: unknown,
    name: string,
    node: OperandNode,
    args: readonly OperandNode[] | undefined,
    final: unknown,
    receiver: unknown,
    nested: boolean,
  ): unknown {
    if (receiver === undefined) return undefined;
    if (receiver === null) this.fail(`nil pointer evaluating interface {}.${name}`, GUARD);
    if (receiver instanceof GoNil) this.fail(`nil pointer evaluating ${receiver.type}.${name}`, GUARD);
    const method = receiver instanceof GoValue || receiver instanceof GoInt ? receiver.method(name) : undefined;
    if (method !== undefined) return this.#method(dot, method, node, name, args, final);
    const hasArguments = (args !== undefined && args.length > 1) || final !== NOTHING;
    if (receiver instanceof GoValue) {
      const fields = receiver.fields();
      if (Object.hasOwn(fields, name)) {
        if (hasArguments) this.fail(`${name} has arguments but cannot be invoked as function`);
        return fromHost(fields[name]);
      }
      // Go's own templates do not reach unexported fields by name.
      const names = receiver.names().filter((name) => /^[A-Z]/.test(name));
      const near = names.length === 0 ? undefined : suggestion(name, names, `it has ${names.join(", ")}`);
      const hint = receiver.hint(name) ?? near;
      this.fail(`can't evaluate field ${name} in type ${receiver.type}`, hint);
    }
    if (isMap(receiver)) {
      if (hasArguments) this.fail(`${name} is not a method but has arguments`);
      return Object.hasOwn(receiver, name) ? fromHost(receiver[name]) : undefined;
    }
    this.fail(`can't evaluate field ${name} in type ${nested ? "interface {}" : typeName(receiver)}`);
  }

  #function(
    dot: unknown,
    node: IdentifierNode,
    place: Node,
    args: readonly OperandNode[],
    final: unknown,
  ): unknown {
    this.node = node;
    const { name } = node;
    const called = FUNCTIONS.get(name) ?? this.#added(name) ??
      this.fail(`${JSON.stringify(name)} is not a defined function`);
    const count = args.length - 1;
    this.#checkCount(called, name, count, final);
    if (name === "and" || name === "or") return this.#deciding(dot, name === "or", args, final);
    const values = this.#arguments(dot, called, args, final);
    return this.#call(place, name, () => called.run(this.#context, values));
  }

  #added(name: string): TemplateFunction | undefined {
    const added = this.#context.functions.get(name);
    return added === undefined ? undefined : { ...added, run: (_context, args) => fromHost(added.call(...args)) };
  }

  #method(
    dot: unknown,
    method: GoFunction,
    node: OperandNode,
    name: string,
    args: readonly OperandNode[] | undefined,
    final: unknown,
  ): unknown {
    this.#checkCount(method, name, (args?.length ?? 1) - 1, final);
    if (method.unusable !== undefined) this.fail(method.unusable);
    const values = this.#arguments(dot, method, args ?? [], final);
    return this.#call(node, name, () => fromHost(method.call(...values)));
  }

  #checkCount(
    { parameters, variadic }: Pick<TemplateFunction, "parameters" | "variadic">,
    name: string,
    count: number,
    final: unknown,
  ): void {
    const given = final === NOTHING ? count : count + 1;
    const wanted = parameters.length;
    if (variadic === true) {
      if (given < wanted - 1) this.fail(`wrong number of args for ${name}: want at least ${wanted - 1} got ${count}`);
    } else if (given !== wanted) this.fail(`wrong number of args for ${name}: want ${wanted} got ${given}`);
  }

  #arguments(
    dot: unknown,
    { parameters }: Pick<TemplateFunction, "parameters">,
    args: readonly OperandNode[],
    final: unknown,
  ): unknown[] {
    const values: unknown[] = [];
    for (let at = 1; at < args.length; at++) {
      values.push(this.#argument(dot, parameters[Math.min(at, parameters.length) - 1]!, args[at]!));
    }
    if (final !== NOTHING) {
      values.push(this.#validate(final, parameters[Math.min(values.length + 1, parameters.length) - 1]!));
    }
    for (const value of values) {
      const size = typeof value === "string" ? value.length : itemsOf(value)?.length;
      if (size !== undefined) this.#context.budget.characters(size);
    }
    return values;
  }

  #deciding(dot: unknown, until: boolean, args: readonly OperandNode[], final: unknown): unknown {
    let value: unknown;
    for (let at = 1; at < args.length; at++) {
      value = this.#argument(dot, "value", args[at]!);
      if (this.#context.budget.truth(value) === until) return value;
    }
    return final === NOTHING ? value : final;
  }

  #call(place: Node, name: string, run: () => unknown): unknown {
    try {
      return run();
    } catch (error) {
      if (error instanceof EvaluationError || error instanceof RangeError) throw error;
      this.node = place;
      this.fail(`error calling ${name}: ${error instanceof Error ? error.message : String(error)}`, undefined, error);
    }
  }

  /** Value of an operand whatever its type. */
  #operand(dot: unknown, node: OperandNode): unknown {
    return this.#argument(dot, undefined, node);
  }

  #argument(dot: unknown, parameter: Parameter | undefined, node: OperandNode): unknown {
    this.node = node;
    switch (node.kind) {
      case "dot":
        return this.#validate(dot, parameter);
      case "nil":
        if (parameter === "any" || parameter === "value" || parameter === "strings") return null;
        return this.fail(`cannot assign nil to ${parameter}`);
      case "field":
        return this.#validate(this.#fields(dot, dot, node, node.path, 0, undefined, NOTHING), parameter);
      case "variable":
        return this.#validate(this.#variable(dot, node, undefined, NOTHING), parameter);
      case "pipe":
        return this.#validate(this.pipeline(dot, node), parameter);
      case "identifier":
        return this.#validate(this.#function(dot, node, node, [node], NOTHING), parameter);
      case "chain":
        return this.#validate(this.#chain(dot, node, undefined, NOTHING), parameter);
    }
    switch (parameter) {
      case undefined:
      case "any":
      case "value":
        return node.kind === "number" ? this.#constant(node) : node.value;
      case "string":
        return node.kind === "string" ? node.value : this.fail(`expected string; found ${nodeText(node)}`);
      case "int":
      case "time.Duration": {
        const int = node.kind === "number" ? node.int : undefined;
        if (int === undefined) return this.fail(`expected integer; found ${nodeText(node)}`);
        return parameter === "int" ? int : new GoInt(int, "time.Duration");
      }
      case "float64":
        return (node.kind === "number" ? node.float : undefined) ??
          this.fail(`expected float; found ${nodeText(node)}`);
    }
    return this.fail(`can't handle ${nodeText(node)} for arg of type ${parameterName(parameter)}`);
  }

  /** Checks a value against the parameter that takes it. */
  #validate(value: unknown, parameter: Parameter | undefined): unknown {
    if (parameter === undefined || parameter === "value") return value;
    if (parameter === "any") return value ?? null;
    if (value === undefined) {
      return parameter === "strings" ? null : this.fail(`invalid value; expected ${parameter}`);
    }
    if (value !== null && accepts(parameter, value)) return value;
    return this.fail(`wrong type for value; expected ${parameterName(parameter)}; got ${typeName(value)}`);
  }
}

function parameterName(parameter: Parameter): string {
  return parameter === "strings" ? "[]string" : parameter;
}
