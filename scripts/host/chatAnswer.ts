/** Reads an answer of the chat view from the page, as the text a person sees there. */

/** An answer of the chat view. */
export interface ChatAnswer {
  /** What is visible, one block a paragraph: list items with dashes, tables with bars, code fenced. */
  text: string;
  html: string;
  /** Labels of the buttons below it. */
  buttons: string[];
  /** The message of an answer that failed. */
  error?: string;
}

/** As much of the page's DOM as is used here: the project's compiler options leave the DOM out on purpose. */
interface PageNode {
  nodeType: number;
  textContent: string;
  childNodes: Iterable<PageNode>;
}
export interface PageElement extends PageNode {
  tagName: string;
  outerHTML: string;
  innerText: string;
  open?: boolean;
  children: Iterable<PageElement>;
  style: { top: string };
  getAttribute(name: string): string | null;
  matches(selector: string): boolean;
  querySelectorAll(selector: string): Iterable<PageElement>;
}

/**
 * Runs inside the page on one answer's element, so it may use nothing from outside itself. Folded parts (the list of
 * steps that newer editors close when an answer is complete) are left out, because the user does not see them.
 */
export function readAnswer(root: PageElement): ChatAnswer {
  const blocks: string[] = [];
  const buttons: string[] = [];
  let error: string | undefined;
  const isElement = (node: PageNode): node is PageElement => node.nodeType === 1;
  const tidy = (text: string) =>
    text
      .replaceAll("\u00A0", " ")
      .replaceAll(/[ \t]+/g, " ")
      .trim();

  const inline = (node: PageNode): string => {
    if (!isElement(node)) return node.textContent.replaceAll(/\s+/g, " ");
    if (node.tagName === "BR") return "\n";
    if (node.matches("ul, ol, .interactive-result-code-block")) return "";
    return [...node.childNodes].map(inline).join("");
  };
  const code = (block: PageElement): string => {
    const language = block.querySelectorAll("[data-mode-id]")[Symbol.iterator]().next().value;
    const lines = [...block.querySelectorAll(".view-line")].toSorted(
      (a, b) => Number.parseFloat(a.style.top) - Number.parseFloat(b.style.top),
    );
    const text = lines.map((line) => line.textContent.replaceAll("\u00A0", " ").trimEnd()).join("\n");
    return `\`\`\`${language?.getAttribute("data-mode-id") ?? ""}\n${text}\n\`\`\``;
  };
  const list = (element: PageElement, indent: string): string => {
    let number = Number(element.getAttribute("start") ?? 1);
    const lines: string[] = [];
    for (const item of element.children) {
      const mark = element.tagName === "OL" ? `${number++}. ` : "- ";
      lines.push(`${indent}${mark}${tidy(inline(item))}`);
      for (const nested of item.querySelectorAll(":scope > ul, :scope > ol"))
        lines.push(list(nested, `${indent}  `));
      for (const block of item.querySelectorAll(".interactive-result-code-block")) lines.push(code(block));
    }
    return lines.join("\n");
  };
  const walk = (element: PageElement): void => {
    if (
      element.matches(
        ".chat-used-context, .progress-container, .monaco-toolbar, .chat-mcp-servers-interaction",
      )
    )
      return;
    if (element.tagName === "DETAILS" && element.open !== true) return;
    if (element.matches(".chat-notification-widget")) {
      error = tidy(element.innerText);
    } else if (element.matches(".interactive-result-code-block")) {
      blocks.push(code(element));
    } else if (element.matches(".monaco-button")) {
      const label = tidy(element.innerText);
      if (label !== "") buttons.push(label);
    } else if (element.matches("ul, ol")) {
      blocks.push(list(element, ""));
    } else if (element.tagName === "TABLE") {
      const rows = [...element.querySelectorAll("tr")];
      blocks.push(
        rows.map((row) => [...row.children].map((cell) => tidy(inline(cell))).join(" | ")).join("\n"),
      );
    } else if (element.tagName === "HR") {
      blocks.push("---");
    } else if (element.matches("p, h1, h2, h3, h4, h5, h6, pre")) {
      const text = inline(element).split("\n").map(tidy).join("\n").trim();
      if (text !== "") blocks.push(text);
    } else {
      for (const child of element.childNodes) {
        if (isElement(child)) walk(child);
        else if (tidy(child.textContent) !== "") blocks.push(tidy(child.textContent));
      }
    }
  };
  for (const value of root.querySelectorAll(":scope > .value")) walk(value);
  return {
    text: blocks.join("\n\n"),
    html: root.outerHTML,
    buttons,
    ...(error === undefined ? {} : { error }),
  };
}
