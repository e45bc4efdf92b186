/**
 * The tree of a parsed template, and its text in messages.
 *
 * @module
 */
import { quote } from "./quote.ts";

/** What every node has. */
export interface NodeBase {
  /** Index in the template's text. */
  readonly pos: number;
}

/** Text, actions and blocks, in order. */
export interface ListNode extends NodeBase {
  /** Which node. */
  readonly kind: "list";
  /** Children. */
  readonly nodes: StatementNode[];
}

/** Text outside actions. */
export interface TextNode extends NodeBase {
  /** Which node. */
  readonly kind: "text";
  /** The text. */
  readonly text: string;
}

/** `{{pipeline}}`. */
export interface ActionNode extends NodeBase {
  /** Which node. */
  readonly kind: "action";
  /** What is evaluated. */
  readonly pipe: PipeNode;
}

/** `{{if}}`, `{{with}}` or `{{range}}` with its lists. */
export interface BranchNode extends NodeBase {
  /** Which node. */
  readonly kind: "if" | "with" | "range";
  /** Condition, or what is ranged over. */
  readonly pipe: PipeNode;
  /** What is done. */
  readonly list: ListNode;
  /** What is done otherwise. */
  readonly otherwise: ListNode | undefined;
}

/** `{{break}}` or `{{continue}}`. */
export interface JumpNode extends NodeBase {
  /** Which node. */
  readonly kind: "break" | "continue";
}

/** `{{template "name" pipeline}}`. */
export interface TemplateNode extends NodeBase {
  /** Which node. */
  readonly kind: "template";
  /** Name of the template. */
  readonly name: string;
  /** Its dot. */
  readonly pipe: PipeNode | undefined;
}

/** A node that is done rather than evaluated. */
export type StatementNode = ListNode | TextNode | ActionNode | BranchNode | JumpNode | TemplateNode;

/** Commands joined by `|`, with the variables that take the result. */
export interface PipeNode extends NodeBase {
  /** Which node. */
  readonly kind: "pipe";
  /** Variables. */
  readonly variables: VariableNode[];
  /** The variables exist already: `=` rather than `:=`. */
  assigns: boolean;
  /** Commands. */
  readonly commands: CommandNode[];
}

/** An operand, or a function with its arguments. */
export interface CommandNode extends NodeBase {
  /** Which node. */
  readonly kind: "command";
  /** Function or operand, then arguments. */
  readonly args: OperandNode[];
}

/** Name of a function. */
export interface IdentifierNode extends NodeBase {
  /** Which node. */
  readonly kind: "identifier";
  /** The name. */
  readonly name: string;
}

/** `$name.field.field`. */
export interface VariableNode extends NodeBase {
  /** Which node. */
  readonly kind: "variable";
  /** Name with its dollar sign, then fields. */
  readonly path: readonly string[];
}

/** `.field.field`. */
export interface FieldNode extends NodeBase {
  /** Which node. */
  readonly kind: "field";
  /** Fields. */
  readonly path: readonly string[];
}

/** Fields of another operand: `(pipeline).field`. */
export interface ChainNode extends NodeBase {
  /** Which node. */
  readonly kind: "chain";
  /** What has the fields. */
  readonly operand: OperandNode;
  /** Fields. */
  readonly path: string[];
}

/** `.` or `nil`. */
export interface PlainNode extends NodeBase {
  /** Which node. */
  readonly kind: "dot" | "nil";
}

/** `true` or `false`. */
export interface BoolNode extends NodeBase {
  /** Which node. */
  readonly kind: "bool";
  /** The value. */
  readonly value: boolean;
}

/** A string constant. */
export interface StringNode extends NodeBase {
  /** Which node. */
  readonly kind: "string";
  /** The text, unquoted. */
  readonly value: string;
  /** As written. */
  readonly source: string;
}

/** A number constant with its value as every type that can hold it. */
export interface NumberNode extends NodeBase {
  /** Which node. */
  readonly kind: "number";
  /** As written. */
  readonly source: string;
  /** As int64. */
  readonly int: bigint | undefined;
  /** As uint64. */
  readonly uint: bigint | undefined;
  /** As float64. */
  readonly float: number | undefined;
  /** As complex128: real and imaginary part. */
  readonly complex: readonly [number, number] | undefined;
}

/** A node that has a value. */
export type OperandNode =
  | PipeNode
  | IdentifierNode
  | VariableNode
  | FieldNode
  | ChainNode
  | PlainNode
  | BoolNode
  | StringNode
  | NumberNode;

/** Any node. */
export type Node = StatementNode | CommandNode | OperandNode;

/** The node as template text, for messages. */
export function nodeText(node: Node): string {
  switch (node.kind) {
    case "list":
      return node.nodes.map(nodeText).join("");
    case "text":
      return node.text;
    case "action":
      return `{{${nodeText(node.pipe)}}}`;
    case "if":
    case "with":
    case "range": {
      const otherwise = node.otherwise === undefined ? "" : `{{else}}${nodeText(node.otherwise)}`;
      return `{{${node.kind} ${nodeText(node.pipe)}}}${nodeText(node.list)}${otherwise}{{end}}`;
    }
    case "template":
      return `{{template ${quote(node.name)}${node.pipe === undefined ? "" : ` ${nodeText(node.pipe)}`}}}`;
    case "pipe": {
      const commands = node.commands.map(nodeText).join(" | ");
      if (node.variables.length === 0) return commands;
      return `${node.variables.map(nodeText).join(", ")} ${node.assigns ? "=" : ":="} ${commands}`;
    }
    case "command":
      return node.args.map(operandText).join(" ");
    case "identifier":
      return node.name;
    case "variable":
      return node.path.join(".");
    case "field":
      return `.${node.path.join(".")}`;
    case "chain":
      return `${operandText(node.operand)}.${node.path.join(".")}`;
    case "dot":
      return ".";
    case "nil":
      return "nil";
    case "bool":
      return String(node.value);
    case "string":
    case "number":
      return node.source;
    case "break":
    case "continue":
      return `{{${node.kind}}}`;
  }
}

function operandText(node: OperandNode): string {
  return node.kind === "pipe" ? `(${nodeText(node)})` : nodeText(node);
}
