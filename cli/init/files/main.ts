import { synthesize } from "cdktf-support-app-access/stacks";

// Resources of your own: synthesize((stack, environment) => { new CloudwatchLogGroup(stack, "log", { … }); });
synthesize();
