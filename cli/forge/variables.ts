import { describe } from "../../common/problem";
import { CommandError } from "../terminal/command-error";

/** A commit, as CI names it. */
export const COMMIT = /^[\da-f]{40,64}$/;

/** Reads variables of a CI job. The error for an invalid one ends with `usage`, and never has a token in it. */
export function variablesOf(env: NodeJS.ProcessEnv, usage: string) {
  return (name: string, expected: string, form: RegExp): string => {
    const value = env[name];
    if (value !== undefined && form.test(value)) return value;
    const isToken = name.endsWith("_TOKEN");
    const received = !isToken ? describe(value) : value ? "a value that can't be a token" : "nothing";
    throw new CommandError(`Received ${received} for the variable ${name}, expected ${expected}. ${usage}.`);
  };
}
