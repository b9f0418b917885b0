import { synthesize } from "cdktf-support-app-access/stacks";

// To add your own resources: synthesize((stack, environment) => { new CloudwatchLogGroup(stack, "log", { … }); });
synthesize();
