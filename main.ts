import { synthesize } from "./stacks";

synthesize();
