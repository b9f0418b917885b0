import { CommandError } from "../terminal/command-error";

/** What an account or the repository lacks of what bootstrap writes, or has otherwise. */
export interface Shortfall {
  readonly message: string;
  /** Whether it couldn't be looked up. */
  readonly isUnknown: boolean;
  /** What to do about it, as sentences that others may share. */
  readonly advice?: string;
}

export const difference = (message: string): Shortfall => ({ message, isUnknown: false });
export const unknown = (message: string, advice?: string): Shortfall => ({ message, isUnknown: true, advice });

/** Compares the name that a repository has with the one that the roles trust: by an old name, the forge finds it too. */
export function checkName(name: string, liveName: string): Shortfall[] {
  if (liveName === name) return [];
  return [
    difference(`the repository is called ${liveName}, and the roles trust ${name}: run bootstrap with that name`),
  ];
}

/**
 * What a check finds. What can't be read is unknown, for whatever reason the forge gives.
 *
 * @param words before that reason
 */
export async function orUnknown(check: () => Promise<Shortfall[]>, words = ""): Promise<Shortfall[]> {
  try {
    return await check();
  } catch (error) {
    if (error instanceof CommandError) return [unknown(`${words}${error.message}`)];
    throw error;
  }
}
