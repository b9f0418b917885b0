import { loadTests } from "../support/run/load-tests";

loadTests(__dirname);
