import { synthesize } from "cdktf-support-app-access/stacks";

synthesize();
