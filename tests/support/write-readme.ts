import { readFileSync, writeFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { withCatalogueTable } from "./catalogue-table";

const path = join(resolve(import.meta.dirname, "../.."), "README.md");
writeFileSync(path, withCatalogueTable(readFileSync(path, "utf8")));
