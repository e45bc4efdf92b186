/**
 * Tokens to trees (Go, text/template/parse).
 *
 * @module
 */
import { describeToken, fail, type Source } from "./failure.ts";
import { lex, type Token, type TokenKind } from "./lex.ts";
import {
  type BranchNode,
  type ChainNode,
  type CommandNode,
  type ListNode,
  nodeText,
  type OperandNode,
  type PipeNode,
  type StatementNode,
  type TemplateNode,
  type VariableNode,
} from "./nodes.ts";
import { parseNumber } from "./number.ts";
import { quote, unquote } from "./quote.ts";

const MAX_PARENTHESES = 1000;

/** Trees by name; the template itself has the source's name. */
export type Trees = ReadonlyMap<string, ListNode>;

/** What an `{{end}}` or `{{else}}` ended. */
interface Ended {
  readonly list: ListNode;
  readonly by: "end" | "else";
  readonly pos: number;
}

/**
 * Parses a template and the templates that it defines. `functions` has the names of the functions that exist.
 *
 * @throws {FerryError} TEMPLATE_INVALID
 */
export function parseTemplate(source: Source, functions: ReadonlySet<string>): Trees {
  return new Parser(source, functions).parse();
}

class Parser {
  readonly #source: Source;
  readonly #functions: ReadonlySet<string>;
  readonly #tokens: readonly Token[];
  readonly #trees = new Map<string, ListNode>();
  #at = 0;
  /** Furthest token looked at: messages name its line. */
  #furthest = 0;
  #variables: string[] = ["$"];
  #ranges = 0;
  #parentheses = 0;
  #actionLine = 0;

  constructor(source: Source, functions: ReadonlySet<string>) {
    this.#source = source;
    this.#functions = functions;
    this.#tokens = lex(source.text);
  }

  parse(): Trees {
    const root: ListNode = { kind: "list", pos: 0, nodes: [] };
    while (this.#peek().kind !== "eof") {
      const start = this.#at;
      if (this.#next().kind === "left delim" && this.#nextNonSpace().kind === "define") {
        this.#definition();
        continue;
      }
      this.#at = start;
      const node = this.#textOrAction();
      if (node.kind === "end" || node.kind === "else") this.#error(`unexpected {{${node.kind}}}`);
      root.nodes.push(node);
    }
    this.#add(this.#source.name, root);
    return this.#trees;
  }

  #next(): Token {
    const token = this.#peek();
    if (this.#at < this.#tokens.length - 1) this.#at++;
    return token;
  }

  #peek(): Token {
    if (this.#at > this.#furthest) this.#furthest = this.#at;
    return this.#tokens[this.#at]!;
  }

  #nextNonSpace(): Token {
    let token = this.#next();
    while (token.kind === "space") token = this.#next();
    return token;
  }

  #peekNonSpace(): Token {
    while (this.#peek().kind === "space") this.#at++;
    return this.#peek();
  }

  #error(message: string, hint?: string): never {
    throw fail(`template: ${this.#source.name}:${this.#tokens[this.#furthest]!.line}: ${message}`, hint);
  }

  #unexpected(token: Token, context: string): never {
    if (token.kind !== "error") this.#error(`unexpected ${describeToken(token)} in ${context}`);
    let extra = "";
    if (this.#actionLine !== 0 && this.#actionLine !== token.line) {
      extra = ` in action started at ${this.#source.name}:${this.#actionLine}`;
      if (token.value.endsWith(" action")) extra = extra.slice(" in action".length);
    }
    this.#error(token.value + extra);
  }

  #expect(kind: TokenKind, context: string): Token {
    const token = this.#nextNonSpace();
    if (token.kind !== kind) this.#unexpected(token, context);
    return token;
  }

  #add(name: string, list: ListNode): void {
    const known = this.#trees.get(name);
    if (known === undefined || isEmpty(known)) this.#trees.set(name, list);
    else if (!isEmpty(list)) this.#error(`template: multiple definition of template ${quote(name)}`);
  }

  /** A tree of its own: variables and ranges around it do not count. */
  #separately(context: string): ListNode {
    const [variables, ranges] = [this.#variables, this.#ranges];
    [this.#variables, this.#ranges] = [["$"], 0];
    const { list, by } = this.#itemList();
    if (by !== "end") this.#error(`unexpected {{${by}}} in ${context}`);
    [this.#variables, this.#ranges] = [variables, ranges];
    return list;
  }

  #definition(): void {
    const name = this.#templateName(this.#nextNonSpace(), "define clause");
    this.#expect("right delim", "define clause");
    this.#add(name, this.#separately("define clause"));
  }

  #itemList(): Ended {
    const list: ListNode = { kind: "list", pos: this.#peekNonSpace().pos, nodes: [] };
    while (this.#peekNonSpace().kind !== "eof") {
      const node = this.#textOrAction();
      if (node.kind === "end" || node.kind === "else") return { list, by: node.kind, pos: node.pos };
      list.nodes.push(node);
    }
    this.#error("unexpected EOF", "every if, with, range, define and block needs its {{end}}");
  }

  #textOrAction(): StatementNode | { readonly kind: "end" | "else"; readonly pos: number } {
    const token = this.#nextNonSpace();
    if (token.kind === "text") return { kind: "text", pos: token.pos, text: token.value };
    if (token.kind !== "left delim") this.#unexpected(token, "input");
    this.#actionLine = token.line;
    const node = this.#action();
    this.#actionLine = 0;
    return node;
  }

  #action(): StatementNode | { readonly kind: "end" | "else"; readonly pos: number } {
    const token = this.#peekNonSpace();
    switch (token.kind) {
      case "block":
      case "template":
        this.#next();
        return token.kind === "block" ? this.#block() : this.#template();
      case "break":
      case "continue": {
        this.#next();
        const next = this.#nextNonSpace();
        if (next.kind !== "right delim") this.#unexpected(next, `{{${token.kind}}}`);
        if (this.#ranges === 0) this.#error(`{{${token.kind}}} outside {{range}}`);
        return { kind: token.kind, pos: token.pos };
      }
      case "else":
      case "end": {
        this.#next();
        const next = this.#peekNonSpace();
        if (token.kind === "end" || (next.kind !== "if" && next.kind !== "with")) this.#expect("right delim", token.kind);
        return { kind: token.kind, pos: next.pos };
      }
      case "if":
      case "range":
      case "with":
        this.#next();
        return this.#control(token.kind);
    }
    return { kind: "action", pos: token.pos, pipe: this.#pipeline("command", "right delim") };
  }

  #control(context: "if" | "range" | "with"): BranchNode {
    const variables = this.#variables.length;
    const pipe = this.#pipeline(context, "right delim");
    if (context === "range") this.#ranges++;
    const { list, by, pos } = this.#itemList();
    if (context === "range") this.#ranges--;
    const otherwise = by === "else" ? this.#otherwise(context, pos) : undefined;
    this.#variables.length = variables;
    return { kind: context, pos: pipe.pos, pipe, list, otherwise };
  }

  /** What follows `{{else`: `if` and `with` go on without an end of their own. */
  #otherwise(context: "if" | "range" | "with", pos: number): ListNode {
    if (context !== "range" && this.#peek().kind === context) {
      this.#next();
      return { kind: "list", pos, nodes: [this.#control(context)] };
    }
    const { list, by } = this.#itemList();
    if (by !== "end") this.#error(`expected end; found {{${by}}}`);
    return list;
  }

  #block(): TemplateNode {
    const token = this.#nextNonSpace();
    const name = this.#templateName(token, "block clause");
    const pipe = this.#pipeline("block clause", "right delim");
    this.#add(name, this.#separately("block clause"));
    return { kind: "template", pos: token.pos, name, pipe };
  }

  #template(): TemplateNode {
    const token = this.#nextNonSpace();
    const name = this.#templateName(token, "template clause");
    if (this.#peekNonSpace().kind === "right delim") {
      this.#next();
      return { kind: "template", pos: token.pos, name, pipe: undefined };
    }
    return { kind: "template", pos: token.pos, name, pipe: this.#pipeline("template clause", "right delim") };
  }

  #templateName(token: Token, context: string): string {
    if (token.kind !== "string" && token.kind !== "raw string") this.#unexpected(token, context);
    return this.#unquote(token);
  }

  #unquote(token: Token): string {
    return unquote(token.value) ?? this.#error("invalid syntax", `${token.value} has an escape that Go does not know`);
  }

  #pipeline(context: string, end: "right delim" | ")"): PipeNode {
    const pipe: PipeNode = { kind: "pipe", pos: this.#peekNonSpace().pos, variables: [], assigns: false, commands: [] };
    this.#declarations(pipe, context);
    for (;;) {
      const token = this.#peekNonSpace();
      switch (token.kind) {
        case end:
          this.#next();
          this.#checkPipeline(pipe, context);
          return pipe;
        case "bool":
        case "char constant":
        case "complex":
        case ".":
        case "field":
        case "identifier":
        case "number":
        case "nil":
        case "raw string":
        case "string":
        case "variable":
        case "(":
          pipe.commands.push(this.#command());
          break;
        default:
          this.#next();
          this.#unexpected(token, context);
      }
    }
  }

  #declarations(pipe: PipeNode, context: string): void {
    for (;;) {
      const start = this.#at;
      const token = this.#peekNonSpace();
      if (token.kind !== "variable") return;
      this.#next();
      const next = this.#peekNonSpace();
      const declares = next.kind === "=" || next.kind === ":=";
      if (!declares && !(next.kind === "char" && next.value === ",")) {
        this.#at = start;
        return;
      }
      this.#next();
      pipe.variables.push({ kind: "variable", pos: token.pos, path: token.value.split(".") });
      this.#variables.push(token.value);
      if (declares) {
        pipe.assigns = next.kind === "=";
        return;
      }
      if (context !== "range" || pipe.variables.length >= 2) this.#error(`too many declarations in ${context}`);
      const after = this.#peekNonSpace().kind;
      if (after !== "variable" && after !== "right delim" && after !== ")") {
        this.#error("range can only initialize variables");
      }
    }
  }

  #checkPipeline(pipe: PipeNode, context: string): void {
    if (pipe.commands.length === 0) this.#error(`missing value for ${context}`);
    for (const [at, command] of pipe.commands.entries()) {
      if (at > 0 && ["bool", "dot", "nil", "number", "string"].includes(command.args[0]!.kind)) {
        this.#error(`non executable command in pipeline stage ${at + 1}`);
      }
    }
  }

  #command(): CommandNode {
    const command: CommandNode = { kind: "command", pos: this.#peekNonSpace().pos, args: [] };
    for (;;) {
      this.#peekNonSpace();
      const operand = this.#operand();
      if (operand !== undefined) command.args.push(operand);
      const token = this.#peek();
      if (token.kind === "space") {
        this.#next();
        continue;
      }
      if (token.kind === "|") this.#next();
      else if (token.kind !== "right delim" && token.kind !== ")") {
        this.#next();
        this.#unexpected(token, "operand");
      }
      break;
    }
    if (command.args.length === 0) this.#error("empty command");
    return command;
  }

  #operand(): OperandNode | undefined {
    const node = this.#term();
    if (node === undefined || this.#peek().kind !== "field") return node;
    const chain: ChainNode = { kind: "chain", pos: this.#peek().pos, operand: node, path: [] };
    while (this.#peek().kind === "field") chain.path.push(this.#next().value.slice(1));
    switch (node.kind) {
      case "field":
      case "variable":
        return { kind: node.kind, pos: chain.pos, path: [...node.path, ...chain.path] };
      case "bool":
      case "string":
      case "number":
      case "nil":
      case "dot":
        this.#error(`unexpected . after term ${quote(nodeText(node))}`);
    }
    return chain;
  }

  #term(): OperandNode | undefined {
    const start = this.#at;
    const token = this.#nextNonSpace();
    const { pos, value } = token;
    switch (token.kind) {
      case "identifier":
        if (!this.#functions.has(value)) {
          this.#error(`function ${quote(value)} not defined`, `functions: ${[...this.#functions].join(", ")}`);
        }
        return { kind: "identifier", pos, name: value };
      case ".":
        return { kind: "dot", pos };
      case "nil":
        return { kind: "nil", pos };
      case "variable":
        return this.#variable(token);
      case "field":
        return { kind: "field", pos, path: [value.slice(1)] };
      case "bool":
        return { kind: "bool", pos, value: value === "true" };
      case "char constant":
      case "complex":
      case "number": {
        const number = parseNumber(value, token.kind);
        if (typeof number === "string") this.#error(number);
        return { kind: "number", pos, source: value, ...number };
      }
      case "(": {
        if (this.#parentheses >= MAX_PARENTHESES) this.#error("max expression depth exceeded");
        this.#parentheses++;
        const pipe = this.#pipeline("parenthesized pipeline", ")");
        this.#parentheses--;
        return pipe;
      }
      case "string":
      case "raw string":
        return { kind: "string", pos, value: this.#unquote(token), source: value };
    }
    this.#at = start;
    return undefined;
  }

  #variable(token: Token): VariableNode {
    if (!this.#variables.includes(token.value)) {
      this.#error(`undefined variable ${quote(token.value)}`, `known variables: ${this.#variables.join(", ")}`);
    }
    return { kind: "variable", pos: token.pos, path: [token.value] };
  }
}

/** Nothing but blanks: such a definition may be replaced. */
function isEmpty(node: StatementNode): boolean {
  if (node.kind === "list") return node.nodes.every(isEmpty);
  return node.kind === "text" && node.text.trim() === "";
}
