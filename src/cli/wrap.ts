/**
 * Text in lines of a given width.
 *
 * @module
 */

/** Breaks a paragraph at blanks into lines of at most `width` characters; a longer word has a line of its own. */
export function wrap(text: string, width: number): string[] {
  const lines: string[] = [];
  let line = "";
  for (const word of text.split(/\s+/).filter((word) => word !== "")) {
    if (line === "") line = word;
    else if (line.length + 1 + word.length <= width) line += ` ${word}`;
    else {
      lines.push(line);
      line = word;
    }
  }
  return line === "" ? lines : [...lines, line];
}

/** Paragraphs of a text, each without line ends; those that are set in by their author stay as they are. */
export function paragraphs(text: string): string[] {
  return text.split(/\n{2,}/).filter((part) => part.trim() !== "").map((part) =>
    isSetIn(part) ? part.trimEnd() : part.trim().replace(/\s*\n\s*/g, " ")
  );
}

/** Paragraphs in lines of at most `width` characters. */
export function wrapParagraphs(text: string, width: number): string {
  return paragraphs(text).map((part) => isSetIn(part) ? part : wrap(part, width).join("\n")).join("\n\n");
}

/** True for a paragraph whose first line starts with blanks: a list or a sample. */
export function isSetIn(paragraph: string): boolean {
  return /^ {2}/.test(paragraph);
}
