/**
 * Pipelines, commands and operands (Go, text/template/parse).
 *
 * @module
 */
import { suggestion } from "../../cli/nearest.ts";
import type { Token } from "./lex.ts";
import {
  type ChainNode,
  type CommandNode,
  nodeText,
  type OperandNode,
  type PipeNode,
  type VariableNode,
} from "./nodes.ts";
import { parseNumber } from "./number.ts";
import { quote } from "./quote.ts";
import type { TokenStream } from "./token_stream.ts";

const MAX_PARENTHESES = 1000;

/** Parses what stands inside actions, and knows which variables and functions exist. */
export class PipelineParser {
  /** Names of the variables that exist, with their dollar signs. */
  variables: string[] = ["$"];
  readonly #tokens: TokenStream;
  readonly #functions: ReadonlySet<string>;
  #parentheses = 0;

  /** `functions` has the names of those that exist. */
  constructor(tokens: TokenStream, functions: ReadonlySet<string>) {
    this.#tokens = tokens;
    this.#functions = functions;
  }

  /** A pipeline up to and with its end; `context` names it in messages. */
  pipeline(context: string, end: "right delim" | ")"): PipeNode {
    const pipe: PipeNode = {
      kind: "pipe",
      pos: this.#tokens.peekNonSpace().pos,
      variables: [],
      assigns: false,
      commands: [],
    };
    this.#declarations(pipe, context);
    for (;;) {
      const token = this.#tokens.peekNonSpace();
      switch (token.kind) {
        case end:
          this.#tokens.next();
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
          this.#tokens.next();
          this.#tokens.unexpected(token, context);
      }
    }
  }

  #declarations(pipe: PipeNode, context: string): void {
    for (;;) {
      const start = this.#tokens.mark();
      const token = this.#tokens.peekNonSpace();
      if (token.kind !== "variable") return;
      this.#tokens.next();
      const next = this.#tokens.peekNonSpace();
      const declares = next.kind === "=" || next.kind === ":=";
      if (!declares && !(next.kind === "char" && next.value === ",")) {
        this.#tokens.rewind(start);
        return;
      }
      this.#tokens.next();
      pipe.variables.push({ kind: "variable", pos: token.pos, path: token.value.split(".") });
      this.variables.push(token.value);
      if (declares) {
        pipe.assigns = next.kind === "=";
        return;
      }
      if (context !== "range" || pipe.variables.length >= 2) this.#tokens.error(`too many declarations in ${context}`);
      const after = this.#tokens.peekNonSpace().kind;
      if (after !== "variable" && after !== "right delim" && after !== ")") {
        this.#tokens.error("range can only initialize variables");
      }
    }
  }

  #checkPipeline(pipe: PipeNode, context: string): void {
    if (pipe.commands.length === 0) this.#tokens.error(`missing value for ${context}`);
    for (const [at, command] of pipe.commands.entries()) {
      if (at > 0 && ["bool", "dot", "nil", "number", "string"].includes(command.args[0]!.kind)) {
        this.#tokens.error(`non executable command in pipeline stage ${at + 1}`);
      }
    }
  }

  #command(): CommandNode {
    const command: CommandNode = { kind: "command", pos: this.#tokens.peekNonSpace().pos, args: [] };
    for (;;) {
      this.#tokens.peekNonSpace();
      const operand = this.#operand();
      if (operand !== undefined) command.args.push(operand);
      const token = this.#tokens.peek();
      if (token.kind === "space") {
        this.#tokens.next();
        continue;
      }
      if (token.kind === "|") this.#tokens.next();
      else if (token.kind !== "right delim" && token.kind !== ")") {
        this.#tokens.next();
        this.#tokens.unexpected(token, "operand");
      }
      break;
    }
    if (command.args.length === 0) this.#tokens.error("empty command");
    return command;
  }

  #operand(): OperandNode | undefined {
    const node = this.#term();
    if (node === undefined || this.#tokens.peek().kind !== "field") return node;
    const chain: ChainNode = { kind: "chain", pos: this.#tokens.peek().pos, operand: node, path: [] };
    while (this.#tokens.peek().kind === "field") chain.path.push(this.#tokens.next().value.slice(1));
    switch (node.kind) {
      case "field":
      case "variable":
        return { kind: node.kind, pos: chain.pos, path: [...node.path, ...chain.path] };
      case "bool":
      case "string":
      case "number":
      case "nil":
      case "dot":
        this.#tokens.error(`unexpected . after term ${quote(nodeText(node))}`);
    }
    return chain;
  }

  #term(): OperandNode | undefined {
    const start = this.#tokens.mark();
    const token = this.#tokens.nextNonSpace();
    const { pos, value } = token;
    switch (token.kind) {
      case "identifier":
        if (!this.#functions.has(value)) {
          const hint = suggestion(value, this.#functions, `functions: ${[...this.#functions].join(", ")}`);
          this.#tokens.error(`function ${quote(value)} not defined`, hint, pos);
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
        if (typeof number === "string") this.#tokens.error(number);
        return { kind: "number", pos, source: value, ...number };
      }
      case "(": {
        if (this.#parentheses >= MAX_PARENTHESES) this.#tokens.error("max expression depth exceeded");
        this.#parentheses++;
        const pipe = this.pipeline("parenthesized pipeline", ")");
        this.#parentheses--;
        return pipe;
      }
      case "string":
      case "raw string":
        return { kind: "string", pos, value: this.#tokens.unquote(token), source: value };
    }
    this.#tokens.rewind(start);
    return undefined;
  }

  #variable(token: Token): VariableNode {
    if (!this.variables.includes(token.value)) {
      const hint = suggestion(token.value, this.variables, `known variables: ${this.variables.join(", ")}`);
      this.#tokens.error(`undefined variable ${quote(token.value)}`, hint, token.pos);
    }
    return { kind: "variable", pos: token.pos, path: [token.value] };
  }
}
