import { benchLoad } from "./load";
import { benchLooks } from "./look";
import { benchStreams } from "./streams";
import { benchStreamsOnPostgres } from "./streams-postgres";
import { benchSubmit } from "./submit";

/** `npm run bench`, or `npm run bench -- look` for one section. Each prints what it measured, beside what it is held to. */
const sections: Record<string, (print: (line: string) => void) => Promise<void> | void> = {
  look: benchLooks,
  streams: benchStreams,
  "streams-postgres": benchStreamsOnPostgres,
  submit: benchSubmit,
  load: benchLoad,
};

const asked = process.argv.slice(2);
const unknown = asked.filter((name) => !(name in sections));
if (unknown.length > 0) {
  console.error(`No section ${unknown.join(", ")}; there are: ${Object.keys(sections).join(", ")}`);
  process.exitCode = 2;
} else {
  for (const [name, run] of Object.entries(sections)) {
    if (asked.length > 0 && !asked.includes(name)) continue;
    console.log(`\n## ${name}\n`);
    await run(console.log);
  }
}
