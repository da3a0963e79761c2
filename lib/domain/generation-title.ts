import type { GenerationView } from "./generation";

const CHARACTERS_MAX = 80;

/** What a person calls a generation: the first sentence of its prompt, or the name of the picture it grew from. */
export function generationTitle({ parameters, media }: Pick<GenerationView, "parameters" | "media">): string {
  const name = Object.values(media)[0]?.fileName;
  return firstSentence(parameters.prompt) || (name ? `From ${name}` : "Untitled");
}

/** The beginning of a prompt, up to 80 characters; empty where there is no prompt. */
export function firstSentence(prompt: string): string {
  const firstLine = prompt.trim().split("\n")[0] ?? "";
  const sentence = /^.+?[.!?。！？](?=\s|$)/u.exec(firstLine)?.[0] ?? firstLine;
  const characters = Array.from(sentence.replace(/[.。]$/u, ""));
  if (characters.length > CHARACTERS_MAX) return `${characters.slice(0, CHARACTERS_MAX - 1).join("")}…`;
  return characters.join("");
}
