import { getServices } from "./services";

// Nothing may wait for a first visitor: clips that were on their way when the server stopped go on now.
await getServices();
