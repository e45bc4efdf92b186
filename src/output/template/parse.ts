/**
 * Tokens to trees (Go, text/template/parse).
 *
 * @module
 */
import type { Source } from "./failure.ts";
import type { Token } from "./lex.ts";
import type { BranchNode, ListNode, StatementNode, TemplateNode } from "./nodes.ts";
import { PipelineParser } from "./parse_pipeline.ts";
import { quote } from "./quote.ts";
import { TokenStream } from "./token_stream.ts";

/** Trees by name; the template itself has the source's name. */
export type Trees = ReadonlyMap<string, ListNode>;

/** `{{end}}` or `{{else}}`: ends a list. */
interface Mark {
  readonly kind: "end" | "else";
  readonly pos: number;
}

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
  readonly #tokens: TokenStream;
  readonly #pipelines: PipelineParser;
  readonly #trees = new Map<string, ListNode>();
  #ranges = 0;

  constructor(source: Source, functions: ReadonlySet<string>) {
    this.#source = source;
    this.#tokens = new TokenStream(source);
    this.#pipelines = new PipelineParser(this.#tokens, functions);
  }

  parse(): Trees {
    const root: ListNode = { kind: "list", pos: 0, nodes: [] };
    while (this.#tokens.peek().kind !== "eof") {
      const start = this.#tokens.mark();
      if (this.#tokens.next().kind === "left delim" && this.#tokens.nextNonSpace().kind === "define") {
        this.#definition();
        continue;
      }
      this.#tokens.rewind(start);
      const node = this.#textOrAction();
      if (isMark(node)) this.#tokens.error(`unexpected {{${node.kind}}}`, undefined, node.pos);
      root.nodes.push(node);
    }
    this.#add(this.#source.name, root);
    return this.#trees;
  }

  #add(name: string, list: ListNode): void {
    const known = this.#trees.get(name);
    if (known === undefined || isEmpty(known)) this.#trees.set(name, list);
    else if (!isEmpty(list)) this.#tokens.error(`template: multiple definition of template ${quote(name)}`);
  }

  /** A tree of its own: variables and ranges around it do not count. */
  #separately(context: string): ListNode {
    const [variables, ranges] = [this.#pipelines.variables, this.#ranges];
    [this.#pipelines.variables, this.#ranges] = [["$"], 0];
    const { list, by } = this.#itemList();
    if (by !== "end") this.#tokens.error(`unexpected {{${by}}} in ${context}`);
    [this.#pipelines.variables, this.#ranges] = [variables, ranges];
    return list;
  }

  #definition(): void {
    const name = this.#templateName(this.#tokens.nextNonSpace(), "define clause");
    this.#tokens.expect("right delim", "define clause");
    this.#add(name, this.#separately("define clause"));
  }

  #itemList(): Ended {
    const list: ListNode = { kind: "list", pos: this.#tokens.peekNonSpace().pos, nodes: [] };
    while (this.#tokens.peekNonSpace().kind !== "eof") {
      const node = this.#textOrAction();
      if (isMark(node)) return { list, by: node.kind, pos: node.pos };
      list.nodes.push(node);
    }
    this.#tokens.error("unexpected EOF", "every if, with, range, define and block needs its {{end}}");
  }

  #textOrAction(): StatementNode | Mark {
    const token = this.#tokens.nextNonSpace();
    if (token.kind === "text") return { kind: "text", pos: token.pos, text: token.value };
    if (token.kind !== "left delim") this.#tokens.unexpected(token, "input");
    this.#tokens.actionLine = token.line;
    const node = this.#action();
    this.#tokens.actionLine = 0;
    return node;
  }

  #action(): StatementNode | Mark {
    const token = this.#tokens.peekNonSpace();
    switch (token.kind) {
      case "block":
      case "template":
        this.#tokens.next();
        return token.kind === "block" ? this.#block() : this.#template();
      case "break":
      case "continue": {
        this.#tokens.next();
        const next = this.#tokens.nextNonSpace();
        if (next.kind !== "right delim") this.#tokens.unexpected(next, `{{${token.kind}}}`);
        if (this.#ranges === 0) this.#tokens.error(`{{${token.kind}}} outside {{range}}`);
        return { kind: token.kind, pos: token.pos };
      }
      case "else":
      case "end": {
        this.#tokens.next();
        const next = this.#tokens.peekNonSpace();
        if (token.kind === "end" || (next.kind !== "if" && next.kind !== "with")) {
          this.#tokens.expect("right delim", token.kind);
        }
        return { kind: token.kind, pos: next.pos };
      }
      case "if":
      case "range":
      case "with":
        this.#tokens.next();
        return this.#control(token.kind);
    }
    return { kind: "action", pos: token.pos, pipe: this.#pipelines.pipeline("command", "right delim") };
  }

  #control(context: "if" | "range" | "with"): BranchNode {
    const variables = this.#pipelines.variables.length;
    const pipe = this.#pipelines.pipeline(context, "right delim");
    if (context === "range") this.#ranges++;
    const { list, by, pos } = this.#itemList();
    if (context === "range") this.#ranges--;
    const otherwise = by === "else" ? this.#otherwise(context, pos) : undefined;
    this.#pipelines.variables.length = variables;
    return { kind: context, pos: pipe.pos, pipe, list, otherwise };
  }

  /** What follows `{{else`: `if` and `with` go on without an end of their own. */
  #otherwise(context: "if" | "range" | "with", pos: number): ListNode {
    if (context !== "range" && this.#tokens.peek().kind === context) {
      this.#tokens.next();
      return { kind: "list", pos, nodes: [this.#control(context)] };
    }
    const { list, by } = this.#itemList();
    if (by !== "end") this.#tokens.error(`expected end; found {{${by}}}`);
    return list;
  }

  #block(): TemplateNode {
    const token = this.#tokens.nextNonSpace();
    const name = this.#templateName(token, "block clause");
    const pipe = this.#pipelines.pipeline("block clause", "right delim");
    this.#add(name, this.#separately("block clause"));
    return { kind: "template", pos: token.pos, name, pipe };
  }

  #template(): TemplateNode {
    const token = this.#tokens.nextNonSpace();
    const name = this.#templateName(token, "template clause");
    if (this.#tokens.peekNonSpace().kind === "right delim") {
      this.#tokens.next();
      return { kind: "template", pos: token.pos, name, pipe: undefined };
    }
    return { kind: "template", pos: token.pos, name, pipe: this.#pipelines.pipeline("template clause", "right delim") };
  }

  #templateName(token: Token, context: string): string {
    if (token.kind !== "string" && token.kind !== "raw string") this.#tokens.unexpected(token, context);
    return this.#tokens.unquote(token);
  }
}

function isMark(node: StatementNode | Mark): node is Mark {
  return node.kind === "end" || node.kind === "else";
}

/** Nothing but blanks: such a definition may be replaced. */
function isEmpty(node: StatementNode): boolean {
  if (node.kind === "list") return node.nodes.every(isEmpty);
  return node.kind === "text" && node.text.trim() === "";
}
