/**
 * The plugins that a command line names. They have to be known before anything else of it is: they may bring its noun.
 *
 * @module
 */

const FLAG = "--plugin";

/** Values of `--plugin` in the words of a command line. */
export function givenPlugins(words: readonly string[]): string[] {
  const paths: string[] = [];
  for (let at = 0; at < words.length && words[at] !== "--"; at++) {
    const word = words[at]!;
    if (word === FLAG && words[at + 1] !== undefined) paths.push(words[++at]!);
    else if (word.startsWith(`${FLAG}=`)) paths.push(word.slice(FLAG.length + 1));
  }
  return paths;
}
