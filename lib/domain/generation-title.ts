import type { GenerationView } from "./generation";

const CHARACTERS_MAX = 80;

/** What a person calls a generation: the first sentence of its prompt, or the name of the picture it grew from. */
export function generationTitle({ parameters, media }: Pick<GenerationView, "parameters" | "media">): string {
  const firstLine = parameters.prompt.trim().split("\n")[0] ?? "";
  const sentence = /^.+?[.!?。！？](?=\s|$)/u.exec(firstLine)?.[0] ?? firstLine;
  const characters = Array.from(sentence.replace(/[.。]$/u, ""));
  if (characters.length > CHARACTERS_MAX) return `${characters.slice(0, CHARACTERS_MAX - 1).join("")}…`;
  if (characters.length > 0) return characters.join("");
  const name = Object.values(media)[0]?.fileName;
  return name ? `From ${name}` : "Untitled";
}
