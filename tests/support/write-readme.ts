import { readFileSync, writeFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { withTables } from "./readme-tables";

const path = join(resolve(import.meta.dirname, "../.."), "README.md");
writeFileSync(path, withTables(readFileSync(path, "utf8")));
