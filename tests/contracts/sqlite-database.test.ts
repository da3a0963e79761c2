import { join } from "node:path";
import { databaseContract } from "./database-contract";

databaseContract("SQLite", async (folder) => ({ kind: "sqlite", file: join(folder, "firstframe.sqlite") }));
