import { runSchedule } from "./schedule";

/** `npm run simulate -- <first seed> [how many]` plays schedules; one alone tells its story. */
const [first = "1", count = "1000"] = process.argv.slice(2);
const isAlone = process.argv.length === 3;
let failures = 0;
for (let seed = Number(first); seed < Number(first) + (isAlone ? 1 : Number(count)); seed += 1) {
  try {
    const { trace, states } = await runSchedule(seed);
    if (isAlone) console.log([...trace, states.join(", ")].join("\n"));
  } catch (error) {
    failures += 1;
    console.error(error instanceof Error ? error.message : error);
  }
}
if (!isAlone) console.log(`${failures} of ${count} schedules broke a promise`);
process.exitCode = failures === 0 ? 0 : 1;
