/** What a choice's values are called; a resolution is called by its own name. */
const WORDS: Record<string, string> = {
  single: "One",
  multi: "Several",
  automatic: "Automatic",
  silent: "Silent",
};

export function choiceWords(value: string): string {
  return WORDS[value] ?? value;
}

/** `hanfu-1` is called `Hanfu 1`, `frenchkiss` is called `French kiss`. */
export function effectWords(template: string): string {
  const words = template
    .replaceAll("-", " ")
    .replace(/(?<=[a-z])(?=\d)/u, " ")
    .replace(/(?<=^(?:single|couple|crystal|french|ice))(?=[a-z])/u, " ");
  return words.replace(/^./u, (letter) => letter.toUpperCase());
}
