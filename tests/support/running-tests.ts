import { parseAst } from "vitest/node";

type Node = { type: string; [field: string]: unknown };

const ROOTS = new Set(["it", "test", "describe", "suite"]);
/** What leaves a test or a group of them running. Whatever is not here, such as `skip`, `todo` or `fails`, does not. */
const RUNNING = new Set([
  "describe",
  "each",
  "for",
  "concurrent",
  "sequential",
  "shuffle",
  "serial",
  "parallel",
]);
/** Code that is run on some machines only, or under some settings. */
const CONDITIONS = new Set(["IfStatement", "ConditionalExpression", "LogicalExpression", "SwitchStatement"]);
const SKIPPING_OPTIONS = new Set(["skip", "todo", "fails"]);
const SKIPPING_CALLS = new Set(["skip", "fixme", "todo", "fail"]);

/**
 * The names of the tests in a test file's text that a run of it really runs, as they are written: `…` stands for what is
 * filled in. A comment is no test, nor is one that is skipped, only planned, meant to fail, or behind a condition; and
 * where one test of the file is focused, none of the others runs, so there are none.
 */
export function namesOfRunningTests(text: string): string[] {
  const names: string[] = [];
  let isFocused = false;

  function visit(node: Node, isRun: boolean): void {
    const chain = node.type === "CallExpression" ? chainOf(node.callee as Node) : [];
    const [root = "", ...modifiers] = chain;
    if (!ROOTS.has(root)) {
      for (const child of childrenOf(node)) visit(child, isRun && !CONDITIONS.has(node.type));
      return;
    }
    isFocused ||= modifiers.includes("only");
    const given = node.arguments as Node[];
    const runs = isRun && modifiers.every((word) => RUNNING.has(word)) && !given.some(hasSkippingOption);
    const isGroup = root === "describe" || root === "suite" || modifiers.includes("describe");
    const body = given.find(isFunction);
    if (!isGroup && runs && body && !skipsItself(body)) names.push(writtenName(given[0]));
    if (isGroup && body) visit(body.body as Node, runs);
  }

  const program: unknown = parseAst(text, { lang: "tsx" });
  if (isNode(program)) visit(program, true);
  return isFocused ? [] : names;
}

/** `describe.each([…])` is `describe`, `each`; empty for what is no plain chain of names. */
function chainOf(callee: Node): string[] {
  switch (callee.type) {
    case "Identifier":
      return [callee.name as string];
    case "MemberExpression":
      return [...chainOf(callee.object as Node), (callee.property as Node).name as string];
    case "CallExpression":
      return chainOf(callee.callee as Node);
    case "TaggedTemplateExpression":
      return chainOf(callee.tag as Node);
    default:
      return [];
  }
}

function childrenOf(node: Node): Node[] {
  return Object.values(node).flat().filter(isNode);
}

function isNode(value: unknown): value is Node {
  return typeof value === "object" && value !== null && "type" in value;
}

function isFunction({ type }: Node): boolean {
  return type === "ArrowFunctionExpression" || type === "FunctionExpression";
}

function hasSkippingOption(argument: Node): boolean {
  if (argument.type !== "ObjectExpression") return false;
  return (argument.properties as Node[]).some(
    ({ key }) => isNode(key) && SKIPPING_OPTIONS.has((key.name ?? key.value) as string),
  );
}

/** Whether its body has a `test.skip()` or the like in it. `expect.fail()` is a way to fail, not to be meant to. */
function skipsItself(node: Node): boolean {
  const [root, ...words] = node.type === "CallExpression" ? chainOf(node.callee as Node) : [];
  const isSkip = root !== "expect" && SKIPPING_CALLS.has(words.at(-1) ?? "");
  return isSkip || childrenOf(node).some(skipsItself);
}

function writtenName(name: Node | undefined): string {
  if (name?.type === "Literal") return String(name.value);
  if (name?.type !== "TemplateLiteral") return "";
  return (name.quasis as Node[]).map(({ value }) => (value as { cooked: string }).cooked).join("…");
}
