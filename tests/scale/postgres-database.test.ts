import { databaseContract } from "@/tests/contracts/database-contract";
import { newPostgresPlace } from "@/tests/support/test-database";

databaseContract("PostgreSQL", newPostgresPlace);
