/** What an account or the repository lacks of what bootstrap writes, or has otherwise. */
export interface Shortfall {
  readonly message: string;
  /** Whether it couldn't be looked up. */
  readonly isUnknown: boolean;
}

export const difference = (message: string): Shortfall => ({ message, isUnknown: false });
export const unknown = (message: string): Shortfall => ({ message, isUnknown: true });
